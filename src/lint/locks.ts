import type { AlterTableCmd, Constraint, CreateStmt, DropStmt, Node, ObjectType, RangeVar } from '@pgsql/types';
import {
  all,
  as,
  isOn,
  kindOf,
  kindsOf,
  type Name,
  nameIn,
  nameOf,
  type NodeKind,
  type NodeOf,
  optionOf,
} from './nodes.ts';
import { constraintsOf } from './world/define-column.ts';
import { objectName, tableOfPart } from './world/drop.ts';
import { type LockMode, lockModes } from './world/lock-mode.ts';
import { keyOf, type Relation, type RelationKind } from './world/objects.ts';
import type { World } from './world/world.ts';

/** A lock that a statement takes on a table, view or sequence. */
export interface Lock {
  readonly relation: Relation;
  readonly mode: LockMode;
}

/** The locks a statement takes, before it has run. Those that only reads take are left out. */
export function locksOf(node: Node, world: World, pg: number): readonly Lock[] {
  const kind = kindOf(node);
  const find = locks[kind] as ((statement: unknown, world: World, pg: number) => readonly Lock[]) | undefined;
  return find?.(as(node, kind), world, pg) ?? [];
}

const on = (world: World, named: RangeVar | Name | undefined, mode: LockMode, kind?: RelationKind): readonly Lock[] => {
  if (named === undefined) return [];
  const relation = world.relation(named);
  return [{ relation: kind === undefined ? relation : { ...relation, kind }, mode }];
};

const relationKinds: Partial<Record<ObjectType, RelationKind>> = {
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'matview',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign',
};

type LocksOf<K extends NodeKind> = (statement: NodeOf<K>, world: World, pg: number) => readonly Lock[];

const locks: { readonly [K in NodeKind]?: LocksOf<K> } = {
  AlterTableStmt: ({ relation, cmds, objtype }, world, pg) => {
    if (objtype === 'OBJECT_INDEX' || objtype === 'OBJECT_TYPE' || !relation) return [];
    if (!world.find(nameOf(relation)) && world.findIndex(nameOf(relation))) return [];
    return all(cmds, 'AlterTableCmd').flatMap((command) => commandLocks(command, world.relation(relation), world, pg));
  },
  IndexStmt: ({ relation, concurrent }, world) =>
    on(world, relation, concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE').flatMap((lock) => [
      lock,
      ...(relation?.inh === true ? lock.relation.partitions : []).map((key) => ({
        ...lock,
        relation: world.byKey(key),
      })),
    ]),
  ReindexStmt: ({ kind, relation, params }, world) => {
    const mode = isOn(optionOf(params, 'concurrently')) ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
    if (kind === 'REINDEX_OBJECT_TABLE') return on(world, relation, mode);
    const index = relation && world.findIndex(nameOf(relation));
    return index ? [{ relation: world.byKey(index.table), mode }] : [];
  },
  DropStmt: dropLocks,
  RenameStmt: ({ renameType, relationType, relation }, world) =>
    renameType === 'OBJECT_INDEX' || (relation && !world.find(nameOf(relation)) && world.findIndex(nameOf(relation)))
      ? []
      : on(world, relation, 'ACCESS EXCLUSIVE', relationKinds[relationType ?? renameType ?? 'OBJECT_TABLE']),
  AlterObjectSchemaStmt: ({ relation, objectType }, world) =>
    on(world, relation, 'ACCESS EXCLUSIVE', relationKinds[objectType ?? 'OBJECT_TABLE']),
  TruncateStmt: ({ relations, behavior }, world) => {
    const named = all(relations, 'RangeVar').map((relation) => world.relation(relation));
    const tables = behavior === 'DROP_CASCADE' ? [...named, ...referencing(world, named)] : named;
    return tables.map((relation) => ({ relation, mode: 'ACCESS EXCLUSIVE' }));
  },
  LockStmt: ({ relations, mode = 8 }, world) =>
    all(relations, 'RangeVar').flatMap((relation) => on(world, relation, lockModes[mode - 1] ?? 'ACCESS EXCLUSIVE')),
  VacuumStmt: ({ rels, options, is_vacuumcmd: isVacuum }, world) =>
    all(rels, 'VacuumRelation').flatMap(({ relation }) =>
      on(world, relation, isVacuum && isOn(optionOf(options, 'full')) ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE'),
    ),
  ClusterStmt: ({ relation }, world) => on(world, relation, 'ACCESS EXCLUSIVE'),
  RefreshMatViewStmt: ({ relation, concurrent }, world) =>
    on(world, relation, concurrent ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE', 'matview'),
  CreateTrigStmt: ({ relation }, world) => on(world, relation, 'SHARE ROW EXCLUSIVE'),
  RuleStmt: ({ relation }, world) => on(world, relation, 'ACCESS EXCLUSIVE'),
  CreatePolicyStmt: ({ table }, world) => on(world, table, 'ACCESS EXCLUSIVE'),
  AlterPolicyStmt: ({ table }, world) => on(world, table, 'ACCESS EXCLUSIVE'),
  CreateStmt: createLocks,
  ViewStmt: ({ view, replace }, world) =>
    replace && view && world.find(nameOf(view)) ? on(world, view, 'ACCESS EXCLUSIVE', 'view') : [],
  AlterSeqStmt: ({ sequence }, world) => on(world, sequence, 'SHARE ROW EXCLUSIVE', 'sequence'),
  CreateStatsStmt: ({ relations }, world) =>
    all(relations, 'RangeVar').flatMap((relation) => on(world, relation, 'SHARE UPDATE EXCLUSIVE')),
  AlterDomainStmt: ({ subtype, typeName, def }, world) => {
    const scans =
      subtype === 'O' || subtype === 'V' || (subtype === 'C' && as(def, 'Constraint')?.skip_validation !== true);
    const domain = nameIn(typeName).name;
    const tables = scans
      ? [...world.relations.values()].filter((r) => r.columns.some((c) => c.type?.name === domain))
      : [];
    return tables.map((relation) => ({ relation, mode: 'SHARE' }));
  },
  InsertStmt: ({ relation }, world) => on(world, relation, 'ROW EXCLUSIVE'),
  UpdateStmt: ({ relation }, world) => on(world, relation, 'ROW EXCLUSIVE'),
  DeleteStmt: ({ relation }, world) => on(world, relation, 'ROW EXCLUSIVE'),
  MergeStmt: ({ relation }, world) => on(world, relation, 'ROW EXCLUSIVE'),
  CopyStmt: ({ relation, is_from: isFrom }, world) => (isFrom ? on(world, relation, 'ROW EXCLUSIVE') : []),
};

/** The statements that lock something. */
export const lockingKinds = kindsOf(locks);

const commandModes: Partial<Record<NonNullable<AlterTableCmd['subtype']>, LockMode>> = {
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_DetachPartitionFinalize: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};

type CommandLocks = (command: AlterTableCmd, table: Relation, world: World, pg: number) => readonly Lock[];

const own = (table: Relation, mode: LockMode): readonly Lock[] => [{ relation: table, mode }];

/** What one action of an ALTER TABLE locks: its table, and the tables at the other end of foreign keys and partitions. */
const commandLocks: CommandLocks = (command, table, world, pg) => {
  const { subtype } = command;
  const more = subtype && wideLocks[subtype];
  return more?.(command, table, world, pg) ?? own(table, (subtype && commandModes[subtype]) ?? 'ACCESS EXCLUSIVE');
};

const withOtherEnds: CommandLocks = (command, table, world) => [
  ...own(table, 'ACCESS EXCLUSIVE'),
  ...otherEnds(command, table, world),
];

const wideLocks: Partial<Record<NonNullable<AlterTableCmd['subtype']>, CommandLocks>> = {
  AT_AddConstraint: ({ def }, table, world) => {
    const constraint = as(def, 'Constraint');
    if (constraint?.contype !== 'CONSTR_FOREIGN') return own(table, 'ACCESS EXCLUSIVE');
    return [...own(table, 'SHARE ROW EXCLUSIVE'), ...on(world, constraint.pktable, 'SHARE ROW EXCLUSIVE')];
  },
  AT_AddColumn: ({ def }, table, world) => {
    const column = as(def, 'ColumnDef');
    return [...own(table, 'ACCESS EXCLUSIVE'), ...referencedBy(column ? constraintsOf(column) : [], world)];
  },
  AT_DropColumn: withOtherEnds,
  AT_DropConstraint: withOtherEnds,
  AT_AlterColumnType: withOtherEnds,
  AT_AttachPartition: ({ def }, table, world, pg) => [
    ...own(table, pg >= 12 ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'),
    ...on(world, as(def, 'PartitionCmd')?.name, 'ACCESS EXCLUSIVE'),
    ...(table.defaultPartition === null ? [] : own(world.byKey(table.defaultPartition), 'ACCESS EXCLUSIVE')),
  ],
  AT_DetachPartition: ({ def }, table, world) => {
    const partition = as(def, 'PartitionCmd');
    if (partition?.concurrent) return own(table, 'SHARE UPDATE EXCLUSIVE');
    return [...own(table, 'ACCESS EXCLUSIVE'), ...on(world, partition?.name, 'ACCESS EXCLUSIVE')];
  },
};

const referencedBy = (constraints: readonly Constraint[], world: World): readonly Lock[] =>
  constraints.flatMap((constraint) => on(world, constraint.pktable, 'SHARE ROW EXCLUSIVE'));

/** The tables that foreign keys of this column or constraint lead to: locked as strongly. */
const otherEnds = ({ subtype, name = '' }: AlterTableCmd, table: Relation, world: World): readonly Lock[] =>
  table.constraints
    .filter(
      (c) => c.references !== null && (subtype === 'AT_DropConstraint' ? c.name === name : c.columns.includes(name)),
    )
    .map((c) => ({ relation: world.byKey(c.references ?? ''), mode: 'ACCESS EXCLUSIVE' }));

/** The tables that foreign keys of these lead to. */
export const referencedTables = (world: World, table: Relation): readonly Relation[] =>
  [...new Set(table.constraints.flatMap(({ references }) => references ?? []))].map((key) => world.byKey(key));

function referencing(world: World, tables: readonly Relation[]): readonly Relation[] {
  const keys = new Set(tables.map(keyOf));
  const more = [...world.relations.values()].filter(
    (r) => !keys.has(keyOf(r)) && r.constraints.some(({ references }) => references !== null && keys.has(references)),
  );
  return more.length === 0 ? [] : [...more, ...referencing(world, [...tables, ...more])];
}

function dropLocks({ removeType, objects = [], concurrent }: DropStmt, world: World): readonly Lock[] {
  const type = removeType ?? 'OBJECT_TABLE';
  if (type === 'OBJECT_TABLE')
    return objects.flatMap((object) => {
      const table = world.relation(objectName(object));
      return [table, ...referencedTables(world, table)].map((relation) => ({ relation, mode: 'ACCESS EXCLUSIVE' }));
    });
  if (type === 'OBJECT_INDEX')
    return objects.flatMap((object) => {
      const index = world.findIndex(objectName(object));
      const table = index ? world.byKey(index.table) : unnamedTable(world, objectName(object));
      return own(table, concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    });
  if (partTypes.has(type)) return objects.flatMap((object) => on(world, tableOfPart(object), 'ACCESS EXCLUSIVE'));
  if (relationKinds[type] === undefined) return [];
  return objects.flatMap((object) => on(world, objectName(object), 'ACCESS EXCLUSIVE', relationKinds[type]));
}

const partTypes = new Set<ObjectType>(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** Nobody says which table an index is on. */
const unnamedTable = (world: World, index: Name): Relation => ({
  ...world.relation(index),
  name: `the table of ${index.name}`,
  kind: 'unnamed',
});

function createLocks({ relation, tableElts, inhRelations, partbound }: CreateStmt, world: World): readonly Lock[] {
  const constraints = (tableElts ?? []).flatMap((element) => {
    const [column, constraint] = [as(element, 'ColumnDef'), as(element, 'Constraint')];
    return column ? constraintsOf(column) : constraint ? [constraint] : [];
  });
  const own = relation && keyOf(world.qualify(nameOf(relation)));
  const parents = all(inhRelations, 'RangeVar').flatMap((parent) =>
    on(world, parent, partbound ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE').flatMap((lock) => [
      lock,
      ...(partbound && lock.relation.defaultPartition !== null
        ? [{ relation: world.byKey(lock.relation.defaultPartition), mode: 'ACCESS EXCLUSIVE' as const }]
        : []),
    ]),
  );
  return [...referencedBy(constraints, world), ...parents].filter((lock) => keyOf(lock.relation) !== own);
}
