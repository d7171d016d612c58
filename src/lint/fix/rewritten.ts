import type { Node, RangeVar } from '@pgsql/types';
import type { Finding } from '../lint.ts';
import { all, as } from '../nodes.ts';
import { isRefused } from '../no-transaction.ts';
import { parseStatements } from '../parse.ts';
import type { Statement } from '../statement.ts';
import { type Editable, splitFile, type Step } from './split.ts';

/** A finding that may be rewritten. */
export interface Candidate {
  readonly path: string;
  readonly finding: Finding;
  readonly fix: string;
}

/** Where a rewrite is written: in the place of its statement, or, where the runner's transaction forbids that, in files of its own. */
export type Way = 'in place' | 'split';

export interface Rewritten {
  readonly files: readonly Editable[];
  /** For each file that was made, the one it was a part of. */
  readonly partOf: ReadonlyMap<string, string>;
  /** Those that could be written. */
  readonly written: readonly Candidate[];
}

/** The files with what each candidate says; each of them is about another statement. */
export function rewritten(
  files: readonly Editable[],
  candidates: readonly Candidate[],
  way: Way,
  runner: string,
): Rewritten {
  const partOf = new Map<string, string>();
  const written: Candidate[] = [];
  const after = files.flatMap((editable) => {
    const own = candidates.filter(({ path }) => path === editable.file.path);
    if (own.length === 0) return [editable];
    const places = own.flatMap((candidate) => placed(editable, candidate)).sort((a, b) => b.at.start - a.at.start);
    const first = places[0];
    if (!first) return [editable];
    if (way === 'in place') {
      written.push(...places.map(({ candidate }) => candidate));
      return [places.reduce((text, { at, steps }) => inItsPlace(text, at, steps), editable)];
    }
    const others = [...files.map(({ file }) => file.path), ...partOf.keys()];
    const parts = splitFile(runner, editable, first.at, first.steps, others);
    if (parts === null) return [editable];
    written.push(first.candidate);
    for (const { file } of parts) partOf.set(file.path, editable.file.path);
    return parts;
  });
  return { files: after, partOf, written };
}

interface Placed {
  readonly candidate: Candidate;
  readonly at: Statement;
  readonly steps: readonly Step[];
}

/** Nothing where the text is not the file's own, as that of a placeholder. */
function placed({ file, original }: Editable, candidate: Candidate): readonly Placed[] {
  const at = statementAt(file.text, candidate.finding);
  if (!at || original.slice(at.start, at.end) !== at.text) return [];
  return [{ candidate, at, steps: stepsOf(candidate.fix) }];
}

/** The statements of the text that was asked about last: a file may have many findings. */
let last: { readonly text: string; readonly statements: readonly Statement[] } | null = null;

/** The outermost statements, with places in the text as it is written, a byte order mark included. */
function outermost(text: string): readonly Statement[] {
  if (last?.text === text) return last.statements;
  const mark = text.startsWith('\u{feff}') ? 1 : 0;
  const statements = parseStatements(text.slice(mark))
    .filter(({ block }) => block === null)
    .map((statement) => ({ ...statement, start: statement.start + mark, end: statement.end + mark }));
  last = { text, statements };
  return statements;
}

/** The outermost statement of a finding. */
function statementAt(text: string, { line, column }: Finding): Statement | undefined {
  let index = column - 1 + (line === 1 && text.startsWith('\u{feff}') ? 1 : 0);
  let start = 0;
  for (let i = 1; i < line; i++) start = text.indexOf('\n', start) + 1;
  index += start;
  return outermost(text).find((one) => one.start <= index && index < one.end);
}

const stepsOf = (fix: string): readonly Step[] =>
  parseStatements(fix).map(({ text, node }) => ({ sql: text, alone: isRefused(node), slow: validates(node) }));

const validates = (node: Node): boolean =>
  all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').some(({ subtype }) => subtype === 'AT_ValidateConstraint');

/** An index of a partitioned table alone is whole when there are no partitions but those the files know. */
export const isOfParentOnly = (fix: string): boolean =>
  parseStatements(fix).some(({ node }) => isOnly(as(node, 'IndexStmt')?.relation));

const isOnly = (relation: RangeVar | undefined): boolean => relation !== undefined && relation.inh !== true;

function inItsPlace({ file, original }: Editable, { start, end }: Statement, steps: readonly Step[]): Editable {
  const line = original.slice(original.lastIndexOf('\n', start - 1) + 1, start);
  const indent = /^[ \t]*/u.exec(line)?.[0] ?? '';
  const newline = original.includes('\r\n') ? '\r\n' : '\n';
  const written = steps
    .map(({ sql }) => sql)
    .join(`;\n${indent}`)
    .replaceAll(/\r?\n/gu, newline);
  const edit = (text: string) => text.slice(0, start) + written + text.slice(end);
  const by = written.length - (end - start);
  const sections = file.sections?.map((section) => ({
    ...section,
    start: section.start > start ? section.start + by : section.start,
    end: section.end > start ? section.end + by : section.end,
  }));
  return { file: { ...file, text: edit(file.text), ...(sections && { sections }) }, original: edit(original) };
}
