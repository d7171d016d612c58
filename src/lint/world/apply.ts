import type {
  AlterDomainStmt,
  AlterEnumStmt,
  CreateDomainStmt,
  CreateFunctionStmt,
  IndexStmt,
  Node,
} from '@pgsql/types';
import {
  all,
  as,
  columnsIn,
  kindOf,
  nameIn,
  nameOf,
  type NodeKind,
  type NodeOf,
  optionOf,
  strings,
  valueOf,
} from '../nodes.ts';
import { alterTable } from './alter-table.ts';
import { typeOf } from './column-type.ts';
import { createTable, createTableAs, selectInto } from './create-table.ts';
import { drop } from './drop.ts';
import { keyOf, type Routine, type UserType } from './objects.ts';
import { rename, setSchema } from './rename.ts';
import { applySet, applySetConfig } from './settings.ts';
import { created, type World } from './world.ts';

/** Makes the world what it is after the statement. */
export function apply(world: World, node: Node): void {
  const kind = kindOf(node);
  const effect = effects[kind] as ((world: World, statement: unknown) => void) | undefined;
  effect?.(world, as(node, kind));
}

const effects: { readonly [K in NodeKind]?: (world: World, statement: NodeOf<K>) => void } = {
  CreateStmt: createTable,
  CreateForeignTableStmt: (world, { base }) => {
    if (base?.relation) world.put(created(world, nameOf(base.relation), { kind: 'foreign' }));
  },
  CreateTableAsStmt: createTableAs,
  SelectStmt: (world, select) => {
    selectInto(world, select);
    applySetConfig(world.session, select);
  },
  ViewStmt: (world, { view, replace }) => {
    if (!view || (replace && world.find(nameOf(view)))) return;
    world.put(created(world, nameOf(view), { kind: 'view', temporary: view.relpersistence === 't' }));
  },
  CreateSeqStmt: (world, { sequence, if_not_exists: ifNotExists }) => {
    if (!sequence || (ifNotExists && world.find(nameOf(sequence)))) return;
    world.put(created(world, nameOf(sequence), { kind: 'sequence', temporary: sequence.relpersistence === 't' }));
  },
  IndexStmt: createIndex,
  AlterTableStmt: alterTable,
  DropStmt: drop,
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  CreateEnumStmt: (world, { typeName, vals }) =>
    createType(world, typeName, { kind: 'enum', labels: new Map(strings(vals).map((label) => [label, null])) }),
  CompositeTypeStmt: (world, { typevar }) => {
    if (typevar) putType(world, { ...world.qualify(nameOf(typevar)), kind: 'composite' });
  },
  CreateRangeStmt: (world, { typeName }) => createType(world, typeName, { kind: 'range' }),
  CreateDomainStmt: createDomain,
  AlterDomainStmt: alterDomain,
  AlterEnumStmt: alterEnum,
  CreateFunctionStmt: createRoutine,
  AlterFunctionStmt: (world, { func, actions }) => {
    const known = world.findRoutine(nameIn(func?.objname));
    const volatility = volatilityIn(actions);
    if (known && volatility) world.routines.set(keyOf(known), { ...known, volatility });
  },
  CreateSchemaStmt: (world, { schemaname = '', schemaElts = [] }) => {
    world.others.set(`OBJECT_SCHEMA ${schemaname}`, world.now);
    for (const element of schemaElts) apply(world, inSchema(element, schemaname));
  },
  CreateExtensionStmt: (world, { extname = '' }) => world.others.set(`OBJECT_EXTENSION ${extname}`, world.now),
  CreatePublicationStmt: (world, { pubname = '' }) => world.others.set(`OBJECT_PUBLICATION ${pubname}`, world.now),
  CreatePolicyStmt: (world, { table, policy_name: name = '' }) => {
    const relation = world.relation(table);
    world.put({ ...relation, policies: [...relation.policies, name] });
  },
  VariableSetStmt: (world, statement) => applySet(world.session, statement),
  DiscardStmt: (world, { target }) => {
    if (target === 'DISCARD_ALL') world.session.resetAll();
  },
};

/** A table of CREATE SCHEMA is made in that schema. */
function inSchema(element: Node, schemaname: string): Node {
  const create = as(element, 'CreateStmt');
  return create?.relation ? { CreateStmt: { ...create, relation: { schemaname, ...create.relation } } } : element;
}

function createIndex(world: World, statement: IndexStmt): void {
  if (!statement.relation) return;
  const table = world.relation(statement.relation);
  const keys = all(statement.indexParams, 'IndexElem');
  const name = statement.idxname ?? `${table.name}_${keys.map((k) => k.name ?? 'expr').join('_')}_idx`;
  if (statement.if_not_exists && world.findIndex({ schema: table.schema, name })) return;
  world.indexes.put({
    ...{ schema: table.schema, name, table: keyOf(table), unique: statement.unique === true, constraint: null },
    columns: keys.map((k) => k.name ?? null),
    mentioned: columnsIn([keys.map(({ expr }) => expr), statement.whereClause]),
    where: statement.whereClause ?? null,
    concurrent: statement.concurrent === true,
    origin: world.now,
  });
}

const plainType = {
  base: null,
  notNull: false,
  hasDefault: false,
  constraints: [],
  labels: new Map<string, null>(),
} as const;

function putType(world: World, type: Pick<UserType, 'schema' | 'name' | 'kind'> & Partial<UserType>): void {
  world.types.set(keyOf(type), { ...plainType, origin: world.now, ...type });
}

const createType = (
  world: World,
  name: readonly Node[] | undefined,
  type: Pick<UserType, 'kind'> & Partial<UserType>,
) => putType(world, { ...world.qualify(nameIn(name)), ...type });

function createDomain(world: World, { domainname, typeName, constraints }: CreateDomainStmt): void {
  const written = all(constraints, 'Constraint');
  createType(world, domainname, {
    kind: 'domain',
    base: typeOf(typeName),
    notNull: written.some(({ contype }) => contype === 'CONSTR_NOTNULL'),
    hasDefault: written.some(({ contype }) => contype === 'CONSTR_DEFAULT'),
    constraints: written
      .filter(({ contype }) => contype === 'CONSTR_CHECK')
      .map(({ conname, raw_expr: expression }) => ({
        name: conname ?? null,
        expression: expression ?? null,
        validated: true,
      })),
  });
}

function alterDomain(world: World, { subtype, typeName, name, def }: AlterDomainStmt): void {
  const domain = world.findType(nameIn(typeName)) ?? assumedDomain(world, typeName);
  const constraint = as(def, 'Constraint');
  const put = (change: Partial<UserType>) => putType(world, { ...domain, ...change });
  if (subtype === 'T') put({ hasDefault: def !== undefined });
  else if (subtype === 'O') put({ notNull: true });
  else if (subtype === 'N') put({ notNull: false });
  else if (subtype === 'X') put({ constraints: domain.constraints.filter((c) => c.name !== name) });
  else if (subtype === 'V')
    put({ constraints: domain.constraints.map((c) => (c.name === name ? { ...c, validated: true } : c)) });
  else if (subtype === 'C' && constraint?.contype === 'CONSTR_NOTNULL') put({ notNull: true });
  else if (subtype === 'C' && constraint) {
    const [expression, validated] = [constraint.raw_expr ?? null, constraint.skip_validation !== true];
    put({ constraints: [...domain.constraints, { name: constraint.conname ?? null, expression, validated }] });
  }
}

const assumedDomain = (world: World, name: readonly Node[] | undefined): UserType => ({
  ...{ ...plainType, ...world.qualify(nameIn(name)), kind: 'domain', origin: null },
});

function alterEnum(world: World, { typeName, oldVal, newVal = '', skipIfNewValExists }: AlterEnumStmt): void {
  const name = nameIn(typeName);
  const type: UserType = world.findType(name) ?? { ...plainType, ...world.qualify(name), kind: 'enum', origin: null };
  if (oldVal === undefined && skipIfNewValExists && type.labels.has(newVal)) return;
  const kept = [...type.labels].filter(([label]) => label !== oldVal);
  putType(world, { ...type, labels: new Map([...kept, [newVal, oldVal === undefined ? world.now : null]]) });
  if (oldVal === undefined)
    world.addedLabels.set(newVal, [
      ...(world.addedLabels.get(newVal) ?? []).filter((key) => key !== keyOf(type)),
      keyOf(type),
    ]);
}

function createRoutine(world: World, { funcname, options }: CreateFunctionStmt): void {
  const name = world.qualify(nameIn(funcname));
  world.routines.set(keyOf(name), { ...name, volatility: volatilityIn(options) ?? 'volatile', origin: world.now });
}

const volatilityIn = (options: readonly Node[] | undefined): Routine['volatility'] | undefined =>
  (['immutable', 'stable', 'volatile'] as const).find((word) => word === valueOf(optionOf(options, 'volatility')));
