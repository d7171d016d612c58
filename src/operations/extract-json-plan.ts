import { keyOf, type Catalog, type Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { compileTableMapping } from '../mappings/compile-table-mapping.ts';
import { tableSync } from '../mappings/table-sync.ts';
import { remainderRules, valueRules, type JsonColumn } from '../mappings/json-column.ts';
import type { TableMapping } from '../mappings/table-mapping.ts';
import { columnsOf } from '../sql/expressions.ts';
import { derivedName } from '../sql/names.ts';
import { ident, inline, qualified, sql, type RelationName } from '../sql/sql.ts';
import { createIndexConcurrently } from '../steps/index.ts';
import { LARGE_TABLE_ROWS, low, medium } from '../steps/risk.ts';
import { addForeignKeys, analyze, createTableLike, validateForeignKey } from '../steps/table.ts';
import { archiveColumn } from '../steps/archive.ts';
import type { Phases, Step } from '../steps/step.ts';
import { keyDeferrable, keyMissing, nameTaken, notJson } from './errors.ts';
import type { ExtractJson } from './extract-json-fields.ts';
import { dataMove } from './data-move.ts';
import type { OperationPlan, PlanContext } from './operation.ts';

interface Shape {
  readonly table: RelationName;
  readonly columns: readonly JsonColumn[];
  readonly indexed: readonly string[];
}

/** The five phases of a JSON column becoming tables. */
export function planExtractJson(f: ExtractJson, catalog: Catalog, context: PlanContext): OperationPlan {
  const source = checkSource(f, catalog);
  const shapes = f.into.map((t) => shapeOf(f, t, context));
  for (const { table } of shapes) if (catalog.has(table)) throw nameTaken(table.schema, table.name);
  const mapping = mappingOf(f, source, shapes, context, catalog.server.major);
  const compiled = compileTableMapping(mapping);
  return {
    phases: phasesOf(f, source, shapes, mapping, catalog.server.user),
    mappings: [compiled],
    risks: [],
    newTables: shapes.map((s) => s.table),
    removed: [{ table: f.table, column: f.column, replacedBy: shapes.map((s) => s.table.name).join(', ') }],
    moves: [
      dataMove(
        `${f.table.name}.${f.column}`,
        shapes.map((s) => s.table.name),
        source.rows,
        f.remainder === 'drop'
          ? ['Keys that no column takes are not copied; they stay in the archived column until it is purged.']
          : [],
      ),
    ],
    notes: [
      `Every row of ${f.table.name} gets one row in ${shapes.map((s) => s.table.name).join(' and ')}, found by ${mapping.key.map((k) => k.target).join(', ')}.`,
      'New code may write the new tables from the end of the dual-write phase on, and not before.',
      'Transactions that write both shapes of one row can deadlock with each other: take the row of ' +
        `${f.table.name} first, for example SELECT … FOR NO KEY UPDATE.`,
      `DELETE on a new table removes the row's keys from ${f.column}; until contract the row comes back with its defaults at commit.`,
      `TRUNCATE of a new table updates every row of ${f.table.name} until contract.`,
    ],
  };
}

/** Later operations see the new tables; the old column leaves. */
export function projectExtractJson(f: ExtractJson, catalog: Catalog): Catalog {
  const source = catalog.table(f.table);
  return catalog.withTable({ ...source, columns: source.columns.filter((c) => c.name !== f.column) });
}

function checkSource(f: ExtractJson, catalog: Catalog): Table {
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
  if (source.rowSecurity)
    throw notSupportedYet(
      'A source table with row-level security',
      'Its policies cannot be carried to the new tables yet; nothing was changed.',
    );
  if (source.children.length)
    throw notSupportedYet('A source table with inheritance children', 'Move it to declarative partitioning first.');
  if (column.generated)
    throw notSupportedYet('A generated JSON column', 'Extract from the column it is generated from.');
  return source;
}

function shapeOf(f: ExtractJson, t: ExtractJson['into'][number], context: PlanContext): Shape {
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

function mappingOf(
  f: ExtractJson,
  source: Table,
  shapes: readonly Shape[],
  { migration, journal, index }: PlanContext,
  major: number,
): TableMapping {
  const schema = ident(journal);
  const paths = f.into.flatMap((t) => Object.values(t.columns).map((c) => c.from));
  const column = source.columns.find((c) => c.name === f.column);
  return {
    id: `${f.table.name}.${f.column}`,
    migration,
    journal,
    base: derivedName(migration, String(index)),
    source: f.table,
    leaves: source.leaves,
    key: keyOf(source).map((k) => ({
      source: k.name,
      target: f.key?.[k.name] ?? keyName(source, k.name),
      type: k.type,
    })),
    column: { name: f.column, type: column?.baseType ?? 'jsonb', default: column?.default ?? null },
    paths,
    remainder: typeof f.remainder === 'object' ? 'column' : f.remainder,
    foreignKeys: f.foreign_key !== false,
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

/** A single key column called id becomes <table without its plural s>_id; any other keeps its name. */
function keyName(source: Table, column: string): string {
  if (column !== 'id') return column;
  const singular = source.name
    .replace(/ies$/i, 'y')
    .replace(/(ss|sh|ch|x)es$/i, '$1')
    .replace(/([^s])s$/i, '$1');
  return derivedName(singular, 'id');
}

function phasesOf(f: ExtractJson, source: Table, shapes: readonly Shape[], m: TableMapping, executor: string): Phases {
  const sync = tableSync(
    m,
    source.triggers.map((t) => t.name),
  );
  const copying =
    source.rows > LARGE_TABLE_ROWS
      ? medium(
          'it copies a large table',
          'Chunks of at most 100 ms; it takes no lock on the source rows and slows down when the database is busy.',
        )
      : low('it copies rows that nobody reads yet', 'Chunks of at most 100 ms that take no lock on the source rows.');
  const quiet = low('it changes functions only, and no table is locked', 'Undo puts the previous functions back.');
  const brief = low(
    'the lock is held for an instant',
    'It gives up after a moment and tries again rather than make others queue.',
  );
  const targets = m.targets.map((t) => t.table);
  const foreignKeys = f.foreign_key
    ? targets.map((t) => ({
        name: derivedName(t.name, ...m.key.map((k) => k.target), 'fkey'),
        from: t,
        columns: m.key.map((k) => k.target),
        to: f.table,
        references: m.key.map((k) => k.source),
      }))
    : [];
  const column = source.columns.find((c) => c.name === f.column);
  const archive = archiveColumn({
    migration: m.migration,
    journal: m.journal,
    table: f.table,
    column: f.column,
    notNull: false,
    locked: [f.table, ...targets],
    remove: sync.remove,
    restore: sync.restore,
    mapping: m.id,
  });
  const expand: readonly Step[] = [
    ...shapes.map((shape) =>
      createTableLike(source, executor, {
        table: shape.table,
        key: m.key,
        columns: shape.columns,
        migration: m.migration,
        journal: m.journal,
        grantsOf: f.column,
      }),
    ),
    {
      slug: `capture-${f.table.name}`,
      title: `Remember which rows of ${f.table.name} are written`,
      kind: 'sync',
      risk: brief,
      ...sync.install,
    },
  ];
  const backfill: readonly Step[] = [
    {
      slug: `copy-${f.table.name}`,
      title: `Copy ${f.table.name}.${f.column} into ${targets.map((t) => t.name).join(' and ')}`,
      kind: 'backfill',
      mapping: m.id,
      risk: copying,
      locks: [
        { relation: f.table, mode: 'ACCESS SHARE', holds: 'chunk' },
        ...targets.map((relation) => ({ relation, mode: 'ROW EXCLUSIVE' as const, holds: 'chunk' as const })),
      ],
    },
    ...shapes.flatMap((s) =>
      s.indexed.map((column) =>
        createIndexConcurrently(
          {
            name: derivedName(s.table.name, column, 'idx'),
            table: s.table,
            on: sql`(${ident(column)})`,
            unique: false,
          },
          low('nobody reads the new table yet', 'A failed build is dropped and built again.'),
        ),
      ),
    ),
    ...(foreignKeys.length
      ? [
          addForeignKeys(foreignKeys, brief),
          ...foreignKeys.map((fk) =>
            validateForeignKey(fk, m.id, low('it reads the new table and blocks no write', 'It can be repeated.')),
          ),
        ]
      : []),
    ...targets.map((t) => analyze(t, low('it reads a sample', 'None is needed.'))),
  ];
  return {
    expand,
    backfill,
    'dual-write': [
      ...(column?.notNull && column.default === null ? [giveDefault(f.table, f.column)] : []),
      {
        slug: `reverse-${f.table.name}`,
        title: `Let writes of ${targets.map((t) => t.name).join(' and ')} reach ${f.table.name}.${f.column}`,
        kind: 'sync',
        risk: brief,
        ...sync.installReverse,
      },
      {
        slug: 'mixed',
        title: 'Sync READ COMMITTED writers at once, capture the others',
        kind: 'sync',
        risk: quiet,
        settle: m.id,
        ...sync.change('capture', 'mixed'),
      },
      {
        slug: 'direct',
        title: 'Sync every writer at once, in both directions',
        kind: 'sync',
        risk: quiet,
        settle: m.id,
        ...sync.change('mixed', 'direct'),
      },
      {
        slug: 'parity',
        title: 'Old and new shape are equal, row by row',
        kind: 'gate',
        gate: 'parity',
        mapping: m.id,
        risk: low('it only reads', 'None is needed.'),
      },
    ],
    switch: [],
    contract: [archive],
  };
}

/** New code inserts without the old column, which must then take a value that old code can read. */
const giveDefault = (table: RelationName, column: string): Step => ({
  slug: `default-${table.name}.${column}`,
  title: `Give ${table.name}.${column} the default {} for rows that new code inserts`,
  kind: 'ddl',
  risk: low('the lock is held for an instant', 'Undo takes the default away again.'),
  sql: sql`ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(column)} SET DEFAULT '{}'`,
  locks: [{ relation: table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }],
  undo: {
    sql: sql`ALTER TABLE ${qualified(table)} ALTER COLUMN ${ident(column)} DROP DEFAULT`,
    locks: [{ relation: table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }],
  },
});
