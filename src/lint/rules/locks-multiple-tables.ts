import { isOld } from '../context.ts';
import { lockingKinds, locksOf } from '../locks.ts';
import { as } from '../nodes.ts';
import { didBefore } from '../outline.ts';
import type { Context, Rule } from '../rule.ts';
import { listed } from '../words.ts';
import { keyOf, type RelationKind } from '../world/objects.ts';

export const locksMultipleTables: Rule = {
  id: 'locks-multiple-tables',
  severity: 'warning',
  summary: 'One transaction locks several tables in use, one after the other.',
  why: 'While it waits for the second table, the first is already locked against everything: an outage of one table because another is busy. Two such transactions, or one and the application, can deadlock.',
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the first table, for as long as it waits for the others',
  bad: [
    {
      sql: 'BEGIN; ALTER TABLE users ADD a int; ALTER TABLE orders ADD b int; COMMIT',
      at: 'ALTER TABLE orders ADD b int',
    },
    { sql: 'ALTER TABLE users ADD a int; ALTER TABLE users ADD c int; DROP TABLE orders', transaction: 'file' },
    {
      sql: 'BEGIN; ALTER TABLE a ADD x int; ALTER TABLE b ADD x int; ALTER TABLE c ADD x int; COMMIT',
      at: 'ALTER TABLE b ADD x int',
    },
  ],
  good: [
    'ALTER TABLE users ADD a int; ALTER TABLE orders ADD b int',
    'BEGIN; ALTER TABLE users ADD a int; ALTER TABLE public.users ADD b int; COMMIT',
    'BEGIN; CREATE TABLE fresh (id int); ALTER TABLE fresh ADD b int; ALTER TABLE users ADD a int; COMMIT',
    'BEGIN; ALTER TABLE users ADD a int; COMMIT; BEGIN; ALTER TABLE orders ADD b int; COMMIT',
    'BEGIN; ALTER TABLE users ADD a int; CREATE INDEX ON orders (day); COMMIT',
    'BEGIN; ALTER TABLE users RENAME TO users_old; ALTER TABLE users_new RENAME TO users; COMMIT',
  ],
  on: lockingKinds,
  *check(context) {
    const { transaction, world, node, pg } = context;
    if (transaction === null) return;
    const held = heldByOne(context);
    if (held === null || held.size === 0) return; // said before, or nothing yet
    const more = locksOf(node, world, pg).filter(
      ({ relation, mode }) => mode === 'ACCESS EXCLUSIVE' && isTable(relation.kind) && isOld(context, relation),
    );
    const waits = [...new Set(more.map(({ relation }) => keyOf(relation)))].filter((key) => !held.has(key));
    if (waits.length === 0 || isSwap(context)) return;
    yield {
      message: `${listed([...held].map(bare))} ${[...held].length > 1 ? 'stay' : 'stays'} locked while it waits for ${listed(waits.map(bare))}.`,
    };
  },
};

/** A table that takes a name freed in the same transaction: nobody uses it under its own. */
const isSwap = (context: Context): boolean => {
  const rename = as(context.node, 'RenameStmt');
  return rename?.newname !== undefined && didBefore(context, ['frees', rename.newname]);
};

/** The tables that the first statement to do so has locked against everything; null when a second has locked more. */
function heldByOne({ world }: Context): ReadonlySet<string> | null {
  const held = new Set<string>();
  let first: number | null = null;
  for (const { relation, mode, kind, position } of world.session.locks) {
    if (mode !== 'ACCESS EXCLUSIVE' || !isTable(kind)) continue;
    first ??= position;
    if (position !== first && !held.has(relation)) return null;
    held.add(relation);
  }
  return held;
}

const isTable = (kind: RelationKind): boolean => kind === 'table' || kind === 'partitioned';

const bare = (key: string): string => key.replace(/^public\./u, '');
