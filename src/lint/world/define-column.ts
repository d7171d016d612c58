import type { ColumnDef, Constraint, Node, RangeVar } from '@pgsql/types';
import { all, columnsIn, strings } from '../nodes.ts';
import { type ColumnType, serialBase, typeOf } from './column-type.ts';
import { type Column, type Index, keyOf, type Relation, type TableConstraint } from './objects.ts';
import type { World } from './world.ts';

/** What a column or a table constraint in CREATE TABLE or ALTER TABLE adds to a table. */
export interface Added {
  readonly columns: readonly Column[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly Index[];
}

export const constraintsOf = (column: ColumnDef): readonly Constraint[] => all(column.constraints, 'Constraint');

const kinds = {
  CONSTR_CHECK: 'check',
  CONSTR_NOTNULL: 'not-null',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary',
  CONSTR_EXCLUSION: 'exclusion',
} as const;

export const constraintKind = ({ contype }: Constraint): TableConstraint['kind'] | null =>
  (kinds as Partial<Record<NonNullable<Constraint['contype']>, TableConstraint['kind']>>)[contype ?? 'CONSTR_NULL'] ??
  null;

export function addColumn(world: World, table: Relation, def: ColumnDef): Added {
  const constraints = constraintsOf(def);
  const has = (contype: Constraint['contype']) => constraints.find((c) => c.contype === contype);
  const type = typeOf(def.typeName);
  const name = def.colname ?? '';
  const notEnforced = has('CONSTR_ATTR_NOT_ENFORCED') !== undefined;
  const added = constraints.flatMap((c) => addConstraint(world, table, c, name, notEnforced));
  const generated = has('CONSTR_GENERATED');
  const identity = has('CONSTR_IDENTITY') !== undefined;
  const notNull =
    identity || serialBase(type) !== null || has('CONSTR_NOTNULL') !== undefined || has('CONSTR_PRIMARY') !== undefined;
  const column: Column = {
    ...{ name, type: columnType(type), notNull, identity, origin: world.now, notNullSince: notNull ? world.now : null },
    default: has('CONSTR_DEFAULT')?.raw_expr ?? null,
    generated: generated ? (generated.generated_kind === 's' ? 'stored' : 'virtual') : null,
  };
  return merged([{ columns: [column], constraints: [], indexes: [] }, ...added]);
}

const columnType = (type: ColumnType | null): ColumnType | null => {
  const base = serialBase(type);
  return base === null ? type : { schema: null, name: base, modifiers: [], array: false };
};

export const merged = (parts: readonly Added[]): Added => ({
  columns: parts.flatMap((part) => part.columns),
  constraints: parts.flatMap((part) => part.constraints),
  indexes: parts.flatMap((part) => part.indexes),
});

/** The columns a constraint is about. */
export function constraintColumns(constraint: Constraint, column: string | null): readonly string[] {
  if (constraint.contype === 'CONSTR_CHECK') return columnsIn(constraint.raw_expr);
  const named = strings(constraint.contype === 'CONSTR_FOREIGN' ? constraint.fk_attrs : constraint.keys);
  return named.length === 0 && column !== null ? [column] : named;
}

/** `column` is the one it is written at; null for a constraint of the table. */
export function addConstraint(
  world: World,
  table: Relation,
  constraint: Constraint,
  column: string | null,
  notEnforced = false,
): readonly Added[] {
  const kind = constraintKind(constraint);
  if (kind === null) return [];
  const { indexname, pktable } = constraint;
  const used = indexname === undefined ? undefined : world.findIndex({ schema: table.schema, name: indexname });
  const columns = used ? used.columns.map((c) => c ?? '') : constraintColumns(constraint, column);
  const made: TableConstraint = {
    ...{ kind, columns, name: constraint.conname ?? indexname ?? autoName(table, kind, columns, column) },
    expression: constraint.raw_expr ?? null,
    validated: constraint.skip_validation !== true && !notEnforced,
    references: pktable ? keyOf(world.relation(pktable)) : null,
    referencedColumns: strings(constraint.pk_attrs),
    index: null,
    origin: world.now,
  };
  return [withIndex(made, kind in indexed ? (used ?? indexOf(world, table, made, constraint)) : null)];
}

const indexed = { unique: true, primary: true, exclusion: true };

function withIndex(made: TableConstraint, index: Index | null): Added {
  if (index === null) return { columns: [], constraints: [made], indexes: [] };
  const named = { ...index, name: made.name, constraint: made.name };
  return { columns: [], constraints: [{ ...made, index: keyOf(named) }], indexes: [named] };
}

const indexOf = (world: World, table: Relation, made: TableConstraint, { where_clause: where }: Constraint): Index => ({
  ...{ schema: table.schema, name: made.name, table: keyOf(table), unique: made.kind !== 'exclusion' },
  ...{ columns: made.columns, mentioned: [], where: where ?? null, constraint: made.name, concurrent: false },
  origin: world.now,
});

const suffixes = {
  check: 'check',
  'not-null': 'not_null',
  foreign: 'fkey',
  unique: 'key',
  primary: 'pkey',
  exclusion: 'excl',
} as const;

/** The name PostgreSQL chooses. */
export function autoName(
  table: Relation,
  kind: TableConstraint['kind'],
  columns: readonly string[],
  column: string | null,
): string {
  const about =
    kind === 'primary'
      ? []
      : kind === 'check'
        ? column !== null
          ? [column]
          : columns.length === 1
            ? columns
            : []
        : columns;
  const base = [table.name, ...about, suffixes[kind]].join('_');
  if (!table.constraints.some(({ name }) => name === base)) return base;
  const taken = new Set(table.constraints.map(({ name }) => name));
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}${i}`;
  return name;
}

/** A relation with what was added; a constraint that makes columns NOT NULL does. */
export function withAdded(world: World, table: Relation, added: Added): Relation {
  const notNull = new Set(
    added.constraints
      .filter(({ kind, validated }) => kind === 'primary' || (kind === 'not-null' && validated))
      .flatMap(({ columns }) => columns),
  );
  const columns = [
    ...table.columns.filter(({ name }) => !added.columns.some((c) => c.name === name)),
    ...added.columns,
  ];
  return {
    ...table,
    columns: columns.map((c) =>
      notNull.has(c.name) && c.notNull !== true ? { ...c, notNull: true, notNullSince: world.now } : c,
    ),
    constraints: [...table.constraints, ...added.constraints],
  };
}

/** A column that is mentioned for the first time: all that is known is its name. */
export const unknownColumn = (name: string): Column => ({
  ...{
    name,
    type: null,
    notNull: null,
    default: null,
    generated: null,
    identity: false,
    origin: null,
    notNullSince: null,
  },
});

export const partitionParent = (relations: readonly Node[] | undefined): RangeVar | undefined =>
  all(relations, 'RangeVar')[0];
