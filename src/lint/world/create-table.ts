import type { CreateStmt, CreateTableAsStmt, Node, RangeVar, SelectStmt } from '@pgsql/types';
import { as, nameOf } from '../nodes.ts';
import { addColumn, addConstraint, merged, partitionParent, withAdded } from './define-column.ts';
import { keyOf, type Relation } from './objects.ts';
import { created, type World } from './world.ts';

export function createTable(world: World, statement: CreateStmt): void {
  const { relation, tableElts = [], if_not_exists: ifNotExists } = statement;
  if (!relation || (ifNotExists && world.find(nameOf(relation)))) return;
  const table = tableElts.reduce<Relation>(
    (made, element) => withElement(world, made, element),
    emptyTable(world, relation, statement),
  );
  world.put(table);
  if (table.parent !== null) addPartition(world, table.parent, keyOf(table), statement.partbound?.is_default === true);
}

function emptyTable(world: World, relation: RangeVar, { partbound, partspec, inhRelations }: CreateStmt): Relation {
  const parentName = partbound ? partitionParent(inhRelations) : undefined;
  const parent = parentName ? world.relation(parentName) : null;
  return created(world, nameOf(relation), {
    kind: partspec ? 'partitioned' : 'table',
    temporary: relation.relpersistence === 't',
    parent: parent && keyOf(parent),
    partitionKey: partspec?.partParams ?? [],
    complete: inhRelations === undefined || parent?.complete === true,
    columns: (parent?.columns ?? []).map((column) => ({ ...column, origin: world.now })),
  });
}

function withElement(world: World, table: Relation, element: Node): Relation {
  const [column, constraint] = [as(element, 'ColumnDef'), as(element, 'Constraint')];
  if (column) return include(world, table, addColumn(world, table, column));
  if (constraint) return include(world, table, merged(addConstraint(world, table, constraint, null)));
  const like = as(element, 'TableLikeClause');
  return like ? copyOf(world, table, world.relation(like.relation), like.options ?? 0) : table;
}

function include(world: World, table: Relation, added: ReturnType<typeof addColumn>): Relation {
  for (const index of added.indexes) world.indexes.put(index);
  return withAdded(world, table, added);
}

export function addPartition(world: World, parent: string, partition: string, isDefault: boolean): void {
  const table = world.byKey(parent);
  world.put({
    ...table,
    kind: 'partitioned',
    partitions: [...table.partitions, partition],
    defaultPartition: isDefault ? partition : table.defaultPartition,
  });
}

const LIKE_DEFAULTS = 1 << 3;
const LIKE_CONSTRAINTS = 1 << 1;

/** LIKE copies columns with NOT NULL; the rest when asked. */
function copyOf(world: World, table: Relation, source: Relation, options: number): Relation {
  const defaults = (options & LIKE_DEFAULTS) !== 0;
  return {
    ...table,
    complete: table.complete && source.complete,
    columns: [
      ...table.columns,
      ...source.columns.map((c) => ({ ...c, origin: world.now, ...(defaults ? {} : { default: null }) })),
    ],
    constraints: [
      ...table.constraints,
      ...((options & LIKE_CONSTRAINTS) === 0 ? [] : source.constraints.filter(({ kind }) => kind === 'check')),
    ],
  };
}

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW. */
export function createTableAs(world: World, { into, objtype, if_not_exists: ifNotExists }: CreateTableAsStmt): void {
  if (!into?.rel || (ifNotExists && world.find(nameOf(into.rel)))) return;
  const kind = objtype === 'OBJECT_MATVIEW' ? 'matview' : 'table';
  world.put(created(world, nameOf(into.rel), { kind, temporary: into.rel.relpersistence === 't', complete: false }));
}

export function selectInto(world: World, { intoClause }: SelectStmt): void {
  if (!intoClause?.rel) return;
  const temporary = intoClause.rel.relpersistence === 't';
  world.put(created(world, nameOf(intoClause.rel), { temporary, complete: false }));
}
