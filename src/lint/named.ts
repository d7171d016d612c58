import type { RenameStmt } from '@pgsql/types';
import { endsTransaction } from './context.ts';
import { createdBy } from './created.ts';
import { as, type Name } from './nodes.ts';
import type { Context } from './rule.ts';
import type { Statement } from './statement.ts';

/** The statements of a section by the names they give and take away, each with its position. */
interface Names {
  readonly given: ReadonlyMap<string, readonly number[]>;
  /** Tables that are renamed, by their old name. */
  readonly freed: ReadonlyMap<string, readonly number[]>;
  readonly ends: readonly number[];
}

const known = new WeakMap<readonly Statement[], Names>();

/** Read once: with thousands of statements it would take too long to look through them for each. */
function namesOf(statements: readonly Statement[]): Names {
  const before = known.get(statements);
  if (before) return before;
  const [given, freed] = [new Map<string, number[]>(), new Map<string, number[]>()];
  const ends: number[] = [];
  const note = (names: Map<string, number[]>, name: string | undefined, position: number) => {
    if (name === undefined) return;
    const positions = names.get(name) ?? [];
    positions.push(position);
    names.set(name, positions);
  };
  for (const [position, { node }] of statements.entries()) {
    note(given, createdBy(node)?.name, position);
    note(freed, as(node, 'RenameStmt')?.relation?.relname, position);
    if (endsTransaction(node)) ends.push(position);
  }
  const names = { given, freed, ends };
  known.set(statements, names);
  return names;
}

/** What the open transaction still creates or renames to the name. */
export function givenLater({ statement, statements, position, transaction }: Context, name: string): readonly Name[] {
  if (transaction === null && statement.block === null) return [];
  const { given, ends } = namesOf(statements);
  const end = ends.find((at) => at > position) ?? statements.length;
  return (given.get(name) ?? []).flatMap((at) => {
    const made = statements[at];
    const isSame = made && (transaction?.by === 'block' ? made.block === statement.block : at < end);
    return at > position && isSame ? (createdBy(made.node) ?? []) : [];
  });
}

/** The statements before this one that create or rename to the name. */
export const givenBefore = ({ statements, position }: Context, name: string): readonly Statement[] =>
  (namesOf(statements).given.get(name) ?? []).flatMap((at) => (at < position ? (statements[at] ?? []) : []));

/** Whether something gives the name in this section, whenever. */
export const isGiven = ({ statements }: Context, name: string): boolean => namesOf(statements).given.has(name);

/** The renames before this one that took the name away. */
export const freedBefore = ({ statements, position }: Context, name: string): readonly RenameStmt[] =>
  (namesOf(statements).freed.get(name) ?? []).flatMap((at) =>
    at < position ? (as(statements[at]?.node, 'RenameStmt') ?? []) : [],
  );
