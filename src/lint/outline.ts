import type { Node } from '@pgsql/types';
import { createdBy } from './created.ts';
import { all, as, type Name, type NodeKind, type NodeOf } from './nodes.ts';
import type { Context } from './rule.ts';
import type { Statement } from './statement.ts';
import { objectName } from './world/drop.ts';

/** What a statement does with a name, without the schema: a table, an index, a constraint. */
type Deed =
  'gives' | 'frees' | 'alters' | 'validates' | 'attaches' | 'comments on' | 'guards' | 'drops' | 'builds' | 'indexes';

type Done = readonly [Deed, string];

/** The statements of a section by what they do, with their positions in order. */
interface Outline {
  readonly positions: ReadonlyMap<string, readonly number[]>;
  /** Those that end a transaction, and those of them that are in no DO block. */
  readonly ends: readonly number[];
  readonly outerEnds: readonly number[];
  readonly firstDdl: number | undefined;
}

const known = new WeakMap<readonly Statement[], Outline>();

/** Made once: with thousands of statements it takes too long to look through them for each. */
export function outlineOf(statements: readonly Statement[]): Outline {
  const before = known.get(statements);
  if (before) return before;
  const positions = new Map<string, number[]>();
  const [ends, outerEnds]: [number[], number[]] = [[], []];
  for (const [position, { node, kind, block }] of statements.entries()) {
    for (const [deed, name] of deedsOf(node, kind)) {
      const key = `${deed} ${name}`;
      const same = positions.get(key);
      if (same) same.push(position);
      else positions.set(key, [position]);
    }
    if (!endsTransaction(node)) continue;
    ends.push(position);
    if (block === null) outerEnds.push(position);
  }
  const ddl = statements.findIndex(({ kind }) => !notDdl.has(kind));
  const outline = { positions, ends, outerEnds, firstDdl: ddl === -1 ? undefined : ddl };
  known.set(statements, outline);
  return outline;
}

function deedsOf(node: Statement['node'], kind: NodeKind): readonly Done[] {
  const find = deeds[kind] as ((statement: unknown) => readonly Done[]) | undefined;
  const given = createdBy(node)?.name;
  return [...(given === undefined ? [] : [['gives', given] as const]), ...(find?.(as(node, kind)) ?? [])];
}

const deeds: { readonly [K in NodeKind]?: (statement: NodeOf<K>) => readonly Done[] } = {
  RenameStmt: ({ relation }) => (relation ? [['frees', relation.relname ?? '']] : []),
  AlterTableStmt: ({ relation, cmds }) => [
    ['alters', relation?.relname ?? ''],
    ...all(cmds, 'AlterTableCmd').flatMap(({ subtype, name = '', def }): readonly Done[] => {
      if (addsKey(def)) return [['indexes', relation?.relname ?? '']];
      if (subtype === 'AT_ValidateConstraint') return [['validates', name]];
      return subtype === 'AT_AttachPartition' ? [['attaches', as(def, 'PartitionCmd')?.name?.relname ?? '']] : [];
    }),
  ],
  CommentStmt: ({ object }) => (object ? [['comments on', objectName(object).name]] : []),
  CreatePolicyStmt: ({ table }) => [['guards', table?.relname ?? '']],
  DropStmt: ({ objects = [] }) => objects.map((object) => ['drops', objectName(object).name]),
  IndexStmt: ({ idxname = '', relation }) => [
    ['builds', idxname],
    ['indexes', relation?.relname ?? ''],
  ],
};

/** A primary key or a unique constraint, for which there is an index then. */
const addsKey = (def: Node | undefined): boolean =>
  [as(def, 'Constraint'), ...all(as(def, 'ColumnDef')?.constraints, 'Constraint')].some(
    (made) => made?.contype === 'CONSTR_UNIQUE' || made?.contype === 'CONSTR_PRIMARY',
  );

const notDdl = new Set<NodeKind>([
  ...(['VariableSetStmt', 'VariableShowStmt', 'TransactionStmt', 'SelectStmt', 'InsertStmt', 'UpdateStmt'] as const),
  ...(['DeleteStmt', 'MergeStmt', 'DoStmt', 'CopyStmt', 'CallStmt', 'ExplainStmt', 'ConstraintsSetStmt'] as const),
  ...(['PrepareStmt', 'ExecuteStmt', 'DeallocateStmt', 'DiscardStmt', 'NotifyStmt', 'ListenStmt', 'LoadStmt'] as const),
]);

const endings = ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE'];

const endsTransaction = (node: Statement['node']): boolean => endings.includes(as(node, 'TransactionStmt')?.kind ?? '');

type Matches = (statement: Statement) => boolean;
const any: Matches = () => true;

/** Whether a statement before this one did it; the nearest is looked at first. */
export function didBefore({ statements, position }: Context, [deed, name]: Done, matches = any, from = 0): boolean {
  const positions = outlineOf(statements).positions.get(`${deed} ${name}`) ?? [];
  for (let i = firstFrom(positions, position) - 1; i >= 0; i--) {
    const statement = statements[positions[i] ?? 0];
    if ((positions[i] ?? 0) < from) return false;
    if (statement && matches(statement)) return true;
  }
  return false;
}

/** Whether a statement after this one does it; the nearest is looked at first. */
export function doesLater(
  { statements, position }: Context,
  [deed, name]: Done,
  matches = any,
  to = statements.length,
): boolean {
  const positions = outlineOf(statements).positions.get(`${deed} ${name}`) ?? [];
  for (let i = firstFrom(positions, position + 1); i < positions.length; i++) {
    const statement = statements[positions[i] ?? 0];
    if ((positions[i] ?? 0) >= to) return false;
    if (statement && matches(statement)) return true;
  }
  return false;
}

/** The same of what the open transaction still does; each statement may be one of its own. */
export function doesInTransaction(context: Context, deed: Done, matches = any): boolean {
  const { statement, statements, position, transaction } = context;
  if (transaction === null && statement.block === null) return false;
  const { ends } = outlineOf(statements);
  const isSame = (other: Statement) => transaction?.by !== 'block' || other.block === statement.block;
  return doesLater(context, deed, (other) => isSame(other) && matches(other), ends[firstFrom(ends, position + 1)]);
}

/** Whether something of the name, schema included, is there again when the open transaction ends. */
export const isGivenLater = (context: Context, { schema, name }: Name & { readonly schema: string }): boolean =>
  doesInTransaction(context, ['gives', name], ({ node }) => {
    const made = createdBy(node);
    return made !== undefined && context.world.qualify(made).schema === schema;
  });

/** Whether something gives the name in this section, whenever. */
export const isGiven = ({ statements }: Context, name: string): boolean =>
  outlineOf(statements).positions.has(`gives ${name}`);

/** Where the open transaction began at the earliest: after the last one that ended. */
export function transactionStart({ statements, position }: Context): number {
  const { ends } = outlineOf(statements);
  const last = ends[firstFrom(ends, position) - 1];
  return last === undefined ? 0 : last + 1;
}

/** The first index of a sorted list whose number is not below another. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
