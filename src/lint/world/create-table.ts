import type { CreateStmt, CreateTableAsStmt, SelectStmt } from '@pgsql/types';
import { as, nameOf } from '../nodes.ts';
import { addColumn, addConstraint, merged, partitionParent, withAdded } from './define-column.ts';
import { type Index, keyOf, type Relation } from './objects.ts';
import { created, type World } from './world.ts';

export function createTable(world: World, statement: CreateStmt): void {
  const { relation, tableElts, partbound, partspec, if_not_exists: ifNotExists } = statement;
  if (!relation) return;
  const name = nameOf(relation);
  if (ifNotExists && world.find(name)) return;
  const parentName = partbound ? partitionParent(statement.inhRelations) : undefined;
  const parent = parentName ? world.relation(parentName) : null;
  const empty = created(world, name, {
    kind: partspec ? 'partitioned' : 'table',
    temporary: relation.relpersistence === 't',
    parent: parent && keyOf(parent),
    partitionKey: partspec?.partParams ?? [],
    complete: statement.inhRelations === undefined || parent?.complete === true,
    columns: parent ? parent.columns.map((column) => ({ ...column, origin: world.now })) : [],
  });
  const table = (tableElts ?? []).reduce<Relation>((so_far, element) => {
    const [column, constraint, like] = [
      as(element, 'ColumnDef'),
      as(element, 'Constraint'),
      as(element, 'TableLikeClause'),
    ];
    if (column) return include(world, so_far, addColumn(world, so_far, column));
    if (constraint) return include(world, so_far, merged(addConstraint(world, so_far, constraint, null)));
    return like ? copyOf(world, so_far, world.relation(like.relation), like.options ?? 0) : so_far;
  }, empty);
  world.put(table);
  if (parent) addPartition(world, keyOf(parent), keyOf(table), partbound?.is_default === true);
}

function include(world: World, table: Relation, added: ReturnType<typeof addColumn>): Relation {
  for (const index of added.indexes) putIndex(world, index);
  return withAdded(world, table, added);
}

export const putIndex = (world: World, index: Index): void => world.indexes.set(keyOf(index), index);

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
