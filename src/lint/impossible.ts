import { as, isOn, nameIn, nameOf, optionOf } from './nodes.ts';
import type { Context, Report } from './rule.ts';
import { qualified } from './names.ts';
import type { Relation } from './world/objects.ts';
import type { World } from './world/world.ts';

/** Why a statement is certain to fail, whatever is in the tables, as far as what is known of them tells. */
export function* impossible(context: Context): Generator<Report> {
  yield* concurrentIndex(context);
  yield* concurrentDrop(context);
  yield* concurrentRefresh(context);
  yield* concurrentCatalogs(context);
  for (const { type, node, constraint, table, at } of context.commands) {
    const isForeign = type === 'AT_AddConstraint' && constraint?.contype === 'CONSTR_FOREIGN';
    if (isForeign && constraint.skip_validation && table.kind === 'partitioned' && context.pg < 18)
      yield {
        at,
        message: `Before PostgreSQL 18 a foreign key of a partitioned table can not be NOT VALID: it fails.`,
      };
    const detached = type === 'AT_DetachPartition' && as(node.def, 'PartitionCmd')?.concurrent;
    if (detached && table.defaultPartition !== null)
      yield { at, message: `${qualified(table)} has a DEFAULT partition: DETACH PARTITION CONCURRENTLY fails.` };
  }
}

function* concurrentIndex({ node, world }: Context): Generator<Report> {
  const index = as(node, 'IndexStmt');
  if (!index?.concurrent || !index.relation) return;
  const table = world.relation(index.relation);
  if (table.kind === 'partitioned')
    yield {
      message: `${qualified(table)} is partitioned: CREATE INDEX CONCURRENTLY fails. Index its partitions one by one.`,
    };
}

function* concurrentDrop({ node, world }: Context): Generator<Report> {
  const drop = as(node, 'DropStmt');
  if (!drop?.concurrent || drop.removeType !== 'OBJECT_INDEX') return;
  const { objects = [] } = drop;
  if (objects.length > 1) yield { message: 'DROP INDEX CONCURRENTLY takes one index: with several it fails.' };
  if (drop.behavior === 'DROP_CASCADE') yield { message: 'DROP INDEX CONCURRENTLY takes no CASCADE: it fails.' };
  for (const object of objects) {
    const index = world.findIndex(nameIn(as(object, 'List')?.items));
    if (!index) continue;
    if (index.constraint !== null)
      yield {
        message: `${index.name} belongs to the constraint ${index.constraint}: drop the constraint; this fails.`,
      };
    else if (world.byKey(index.table).kind === 'partitioned')
      yield { message: `${index.name} is a partitioned index: DROP INDEX CONCURRENTLY fails.` };
  }
}

function* concurrentRefresh({ node, world }: Context): Generator<Report> {
  const refresh = as(node, 'RefreshMatViewStmt');
  const view = refresh?.concurrent && refresh.relation ? world.find(nameOf(refresh.relation)) : undefined;
  if (view?.kind === 'matview' && !hasKey(world, view))
    yield { message: `${qualified(view)} has no unique index on its columns: REFRESH CONCURRENTLY fails.` };
}

function* concurrentCatalogs({ node }: Context): Generator<Report> {
  const { kind, params } = as(node, 'ReindexStmt') ?? {};
  if (kind === 'REINDEX_OBJECT_SYSTEM' && isOn(optionOf(params, 'concurrently')))
    yield { message: 'The catalogs can not be rebuilt concurrently: it fails.' };
}

/** A unique index of whole columns and all rows, which REFRESH CONCURRENTLY tells rows by. */
export const hasKey = (world: World, view: Relation): boolean =>
  world.indexesOf(view).some(({ unique, where, columns }) => unique && where === null && !columns.includes(null));
