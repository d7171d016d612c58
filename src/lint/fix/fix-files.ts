import type { Node, RangeVar } from '@pgsql/types';
import { type FileFindings, type Finding, lintFiles, type LintOptions } from '../lint.ts';
import { all, as } from '../nodes.ts';
import { isRefused } from '../no-transaction.ts';
import { parseStatements } from '../parse.ts';
import { rules } from '../registry.ts';
import type { Statement } from '../statement.ts';
import { type Editable, splitFile, type Step } from './split.ts';

/** Files with what could be rewritten safely. */
export interface FixedFiles {
  /** All of them, in the order in which they run; new ones come after the file that they were a part of. */
  readonly files: readonly Editable[];
  /** What was rewritten, with the places it had when its turn came. */
  readonly fixed: readonly { readonly path: string; readonly rule: string }[];
}

const fixable = new Set(rules.filter((rule) => rule.fixable).map(({ id }) => id));

/**
 * Rewrites what is found in files of one tool, one finding after the other, as long as each rewrite leaves one finding
 * less and none more.
 */
export function fixFiles(before: readonly Editable[], runner: string, options: LintOptions): FixedFiles {
  let files = before;
  let results = lint(files, options);
  const fixed: { path: string; rule: string }[] = [];
  const given = new Set<string>();
  for (;;) {
    const next = candidates(files, results).find((candidate) => !given.has(keyOf(candidate)));
    if (!next) return { files, fixed };
    const better = proposals(files, next, runner)
      .map((proposed) => ({ proposed, found: lint(proposed, options) }))
      .find(({ found }) => isBetter(results, found, next.finding.rule));
    if (!better) given.add(keyOf(next));
    else {
      fixed.push({ path: next.path, rule: next.finding.rule });
      [files, results] = [better.proposed, better.found];
    }
  }
}

const lint = (files: readonly Editable[], options: LintOptions): readonly FileFindings[] =>
  lintFiles(
    files.map(({ file }) => file),
    options,
  );

interface Candidate {
  readonly path: string;
  readonly finding: Finding;
  readonly fix: string;
}

const candidates = (files: readonly Editable[], results: readonly FileFindings[]): readonly Candidate[] =>
  results
    .filter(({ path }) => /\.sql$/iu.test(path) && files.some(({ file }) => file.path === path))
    .flatMap(({ path, findings }) =>
      findings.flatMap((finding) =>
        finding.fix !== null && fixable.has(finding.rule) && !isOfParentOnly(finding.fix)
          ? [{ path, finding, fix: finding.fix }]
          : [],
      ),
    );

const keyOf = ({ path, finding, fix }: Candidate): string => `${path} ${finding.rule} ${fix}`;

/** In the statement's place; or, where the runner's transaction forbids that, in files of their own. */
function proposals(files: readonly Editable[], { path, finding, fix }: Candidate, runner: string) {
  const at = files.findIndex(({ file }) => file.path === path);
  const editable = files[at];
  const statement = editable && statementAt(editable.file.text, finding);
  if (!statement || editable.original.slice(statement.start, statement.end) !== statement.text) return [];
  const steps = stepsOf(fix);
  const others = files.map(({ file }) => file.path);
  const parts = splitFile(runner, editable, statement, steps, others);
  const inPlace = [inItsPlace(editable, statement, steps)];
  return [inPlace, ...(parts ? [parts] : [])].map((made) => [...files.slice(0, at), ...made, ...files.slice(at + 1)]);
}

/** The outermost statement of a finding, with places in the text as it is written, a byte order mark included. */
function statementAt(text: string, { line, column }: Finding): Statement | undefined {
  const mark = text.startsWith('\u{feff}') ? 1 : 0;
  const index =
    text
      .split('\n')
      .slice(0, line - 1)
      .reduce((sum, one) => sum + one.length + 1, 0) +
    column -
    1 +
    (line === 1 ? mark : 0);
  return parseStatements(text.slice(mark))
    .filter(({ block }) => block === null)
    .map((statement) => ({ ...statement, start: statement.start + mark, end: statement.end + mark }))
    .find(({ start, end }) => start <= index && index < end);
}

const stepsOf = (fix: string): readonly Step[] =>
  parseStatements(fix).map(({ text, node }) => ({ sql: text, alone: isRefused(node), slow: validates(node) }));

const validates = (node: Node): boolean =>
  all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').some(({ subtype }) => subtype === 'AT_ValidateConstraint');

/** An index of a partitioned table alone is whole when there are no partitions but those the files know. */
const isOfParentOnly = (fix: string): boolean =>
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

/** One finding of the rule less, of no rule more, and everything can be read. */
function isBetter(before: readonly FileFindings[], after: readonly FileFindings[], rule: string): boolean {
  const [had, has] = [counts(before), counts(after)];
  const isLess = (has.get(rule) ?? 0) < (had.get(rule) ?? 0);
  return (
    isLess &&
    after.every(({ error }, i) => error === null || before[i]?.error !== null) &&
    [...has].every(([id, count]) => count <= (had.get(id) ?? 0))
  );
}

function counts(results: readonly FileFindings[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { findings } of results) for (const { rule } of findings) found.set(rule, (found.get(rule) ?? 0) + 1);
  return found;
}
