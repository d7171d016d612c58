import { isOld } from '../context.ts';
import { referencedTables } from '../locks.ts';
import { as } from '../nodes.ts';
import { qualified } from '../names.ts';
import type { Rule } from '../rule.ts';
import { briefly, listed, queue } from '../words.ts';
import { objectName } from '../world/drop.ts';
import { keyOf } from '../world/objects.ts';

export const dropTable: Rule = {
  id: 'drop-table',
  severity: 'error',
  summary: 'DROP TABLE of a table that this file did not create.',
  why: `The rows are gone, and code that still uses the table fails at once. Every table that its foreign keys reference is locked just as strongly, although nothing happens to it: drop those in a transaction of their own first. Take rights or the name away before, and drop it when nobody has missed it. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: 'reads and writes of the table and of those it references, briefly, and as long as it waits for the locks',
  bad: [
    'DROP TABLE orders',
    'DROP TABLE IF EXISTS shop.orders CASCADE',
    {
      sql: 'DROP TABLE orders',
      schema: 'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int REFERENCES users)',
    },
    'CREATE TABLE orders (id int); DROP TABLE orders, users',
  ],
  good: [
    'CREATE TABLE scratch (id int); DROP TABLE scratch',
    'CREATE TEMP TABLE scratch (id int); DROP TABLE scratch; DROP TABLE pg_temp.other',
    'CREATE TABLE a AS SELECT 1; ALTER TABLE a RENAME TO b; DROP TABLE b',
  ],
  on: ['DropStmt'],
  *check(context) {
    const drop = as(context.node, 'DropStmt');
    if (drop?.removeType !== 'OBJECT_TABLE' && drop?.removeType !== 'OBJECT_FOREIGN_TABLE') return;
    const tables = (drop.objects ?? []).map((object) => context.world.relation(objectName(object)));
    const old = tables.filter((table) => isOld(context, table) && table.schema !== 'pg_temp');
    if (old.length === 0) return;
    const dropped = new Set(tables.map(keyOf));
    const others = new Set(
      old
        .flatMap((table) => referencedTables(context.world, table))
        .filter((other) => !dropped.has(keyOf(other)))
        .map(qualified),
    );
    const also =
      others.size > 0 ? ` ${listed([...others])} ${others.size > 1 ? 'are' : 'is'} locked meanwhile, too.` : '';
    yield {
      message: `The rows of ${listed(old.map(qualified))} are lost, and code that still uses them fails.${also}`,
      ...(others.size === 0 && { blocks: briefly }),
    };
  },
};
