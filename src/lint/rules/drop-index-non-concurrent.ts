import { isOld } from '../context.ts';
import { as } from '../nodes.ts';
import { qualified, quoted } from '../names.ts';
import { noTransaction } from '../rewrite.ts';
import type { Rule } from '../rule.ts';
import { briefly, queue } from '../words.ts';
import { objectName } from '../world/drop.ts';

export const dropIndexNonConcurrent: Rule = {
  id: 'drop-index-non-concurrent',
  severity: 'warning',
  fixable: true,
  summary: 'DROP INDEX without CONCURRENTLY.',
  why: `It locks the index and its table against everything. ${queue}`,
  lock: 'ACCESS EXCLUSIVE',
  blocks: briefly,
  versions: 'CONCURRENTLY takes one index, no CASCADE, and neither a constraint’s nor a partitioned index.',
  bad: [
    'DROP INDEX orders_by_day',
    'DROP INDEX IF EXISTS shop.orders_by_day, shop.orders_by_user',
    'CREATE TABLE b (x int); CREATE INDEX b_x ON b (x); DROP INDEX b_x, a_x',
  ],
  good: [
    'DROP INDEX CONCURRENTLY IF EXISTS orders_by_day',
    'CREATE TABLE orders (day date); CREATE INDEX orders_by_day ON orders (day); DROP INDEX orders_by_day',
  ],
  on: ['DropStmt'],
  *check(context) {
    const drop = as(context.node, 'DropStmt');
    if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent) return;
    const named = (drop.objects ?? []).map(objectName);
    const old = named.filter((name) => {
      const index = context.world.findIndex(name);
      return !index || isOld(context, context.world.byKey(index.table));
    });
    const [first] = old;
    if (!first) return;
    const index = context.world.findIndex(first);
    const partitioned = index && context.world.byKey(index.table).kind === 'partitioned';
    const one = `DROP INDEX CONCURRENTLY ${drop.missing_ok ? 'IF EXISTS ' : ''}`;
    const statements = named.map(
      ({ schema, name }) => `${one}${schema === null ? quoted(name) : qualified({ schema, name })};`,
    );
    yield {
      message: `Dropping ${first.name} locks ${index ? qualified(context.world.byKey(index.table)) : 'its table'} against reads and writes.`,
      fix: drop.behavior === 'DROP_CASCADE' || partitioned ? null : noTransaction(statements.join('\n')),
    };
  },
};
