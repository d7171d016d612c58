import { keyOf, type Catalog, type Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { remainderRules, valueRules, type JsonColumn } from '../mappings/json-column.ts';
import { usesUnusual } from '../mappings/functions.ts';
import { leafPlaceholderBeside, mappingId } from '../mappings/mapping.ts';
import type { TableMapping } from '../mappings/table-mapping.ts';
import { columnsOf } from '../sql/expressions.ts';
import { derivedName, singular } from '../sql/names.ts';
import { ident, inline, sql, type RelationName } from '../sql/sql.ts';
import { uniqueIndexes } from './old-constraints.ts';
import { refuseFixedTable, refuseUnidentified } from './source-checks.ts';
import { keyDeferrable, keyMissing, notJson } from './errors.ts';
import type { ExtractJson } from './extract-json-fields.ts';
import type { PlanContext } from './operation.ts';
import { checkRowSecurity } from './row-security.ts';

/** One new table as the author asked for it. */
export interface Shape {
  readonly table: RelationName;
  readonly columns: readonly JsonColumn[];
  readonly indexed: readonly string[];
}

/** The source, when its rows can be told apart and its rights carried over. */
export function checkSource(f: ExtractJson, catalog: Catalog): Table {
  const source = catalog.table(f.table);
  const column = catalog.column(f.table, f.column);
  if (column.baseType !== 'json' && column.baseType !== 'jsonb') throw notJson(f.table, f.column, column.type);
  const key = keyOf(source);
  if (!key.length) throw keyMissing(f.table);
  const names = key.map((c) => c.name).join();
  if (
    source.constraints.some(
      (c) => c.deferrable && (c.type === 'primary' || c.type === 'unique') && c.columns.join() === names,
    )
  )
    throw keyDeferrable(f.table);
  if (f.foreign_key !== false) refuseTemporalKey(source, names);
  checkRowSecurity(source, f.column, f.row_security);
  refuseFixedTable(source, column);
  refuseUnidentified(source);
  const exclusion = source.constraints.find((c) => c.type === 'exclusion' && c.columns.includes(f.column));
  if (exclusion)
    throw notSupportedYet(
      `${f.table.name}.${f.column} in the exclusion constraint ${exclusion.name}`,
      'It could not be put back on the way back from contract. Drop it first.',
    );
  const [unique] = uniqueIndexes(source, f.column);
  if (unique && source.kind === 'partitioned')
    throw notSupportedYet(
      `${f.table.name}.${f.column} in the unique index ${unique.name} of a partitioned table`,
      'It could not be put back on the way back from contract. Drop it first.',
    );
  if (source.children.length)
    throw notSupportedYet('A source table with inheritance children', 'Move it to declarative partitioning first.');
  if (column.generated)
    throw notSupportedYet('A generated JSON column', 'Extract from the column it is generated from.');
  return source;
}

/** PostgreSQL has no plain foreign key to a key of periods. */
function refuseTemporalKey(source: Table, key: string): void {
  if (source.constraints.some((c) => c.columns.join() === key && / WITHOUT OVERLAPS\)/.test(c.definition)))
    throw notSupportedYet(
      `A foreign key to ${source.name}, whose key is WITHOUT OVERLAPS,`,
      'Say `foreign_key: false`: rows of the new tables follow their source row all the same.',
    );
}

export function shapeOf(f: ExtractJson, t: ExtractJson['into'][number], context: PlanContext): Shape {
  const columns = Object.entries(t.columns).map(([name, c]): JsonColumn => {
    if (c.check !== undefined && columnsOf(c.check, `check of ${name}`).some((used) => used !== name))
      throw notSupportedYet(
        `A check of ${t.table.name}.${name} over other columns`,
        'Name only the column itself, and add the wider check with a migration of its own.',
      );
    return {
      name,
      type: context.type(c.type),
      from: { path: c.from },
      default: defaultSql(c.default),
      notNull: c.not_null,
      check: c.check ?? null,
    };
  });
  const rest = f.remainder;
  const holdsRest =
    typeof rest === 'object' && rest.table.schema === t.table.schema && rest.table.name === t.table.name;
  return {
    table: t.table,
    columns: holdsRest
      ? [
          ...columns,
          { name: rest.column, type: 'jsonb', from: 'remainder', default: null, notNull: false, check: null },
        ]
      : columns,
    indexed: Object.entries(t.columns).flatMap(([name, c]) => (c.index ? [name] : [])),
  };
}

const defaultSql = (value: string | number | boolean | { readonly sql: string } | undefined): string | null =>
  value === undefined ? null : typeof value === 'object' ? `(${value.sql})` : inline(sql`${value}`);

export function mappingOf(
  f: ExtractJson,
  source: Table,
  shapes: readonly Shape[],
  { migration, journal, index }: PlanContext,
  major: number,
  lookIn: readonly string[],
): TableMapping {
  const schema = ident(journal);
  const paths = f.into.flatMap((t) => Object.values(t.columns).map((c) => c.from));
  const column = source.columns.find((c) => c.name === f.column);
  return {
    id: mappingId(f.table, f.column),
    migration,
    journal,
    base: derivedName(migration, String(index)),
    source: f.table,
    leaves: source.leaves,
    key: keyOf(source).map((k) => ({
      source: k.name,
      target: f.key?.[k.name] ?? keyName(source, k.name),
      type: k.type,
      equals: k.equals ?? '=',
      collation: k.collation,
    })),
    column: {
      name: f.column,
      type: column?.baseType ?? 'jsonb',
      isDomain: column !== undefined && column.type !== column.baseType,
      default: column?.default ?? null,
    },
    paths,
    remainder: typeof f.remainder === 'object' ? 'column' : f.remainder,
    dependsOnSession: dependsOnSession(
      source,
      shapes.flatMap((shape) => shape.columns),
    ),
    foreignKeys: f.foreign_key !== false,
    lookIn,
    leaf: leafPlaceholderBeside(f, source, shapes),
    targets: shapes.map((shape) => ({
      table: shape.table,
      columns: shape.columns.map((c) => ({
        name: c.name,
        type: c.type,
        rules: c.from === 'remainder' ? remainderRules(paths, schema) : valueRules(c, c.from.path, schema, major),
      })),
    })),
  };
}

/** Types whose values are read from text and written as text in one way, whatever a session has set. */
const readsTheSame =
  /^(text|character varying|character|boolean|smallint|integer|bigint|numeric|uuid|jsonb?|inet|cidr|macaddr8?)(\([\d,]+\))?$/;

/** What the author writes depends on settings where it has a backslash, as standard_conforming_strings says, or calls what does. */
const isSteady = (c: JsonColumn) =>
  [c.check, c.default].every((text) => text === null || !(text.includes('\\') || usesUnusual(text)));

function dependsOnSession(source: Table, columns: readonly JsonColumn[]): string | null {
  const key = keyOf(source);
  const steady =
    key.every((c) => readsTheSame.test(c.type) || isJsonTheSame.test(c.type)) &&
    columns.every((c) => readsTheSame.test(c.type) && isSteady(c));
  return steady
    ? null
    : [...key.map((c) => c.type), ...columns.flatMap((c) => [c.type, c.check ?? '', c.default ?? ''])].join(' ');
}

/** Types besides whose values, as captured keys, JSON writes in one way. */
const isJsonTheSame = /^(date|time(stamp)?(\(\d\))? with(out)? time zone)$/;

/** A single key column called id becomes <table without its plural s>_id; any other keeps its name. */
export const keyName = (source: Table, column: string): string =>
  column !== 'id' || keyOf(source).length > 1 ? column : derivedName(singular(source.name), 'id');
