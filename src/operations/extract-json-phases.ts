import type { Table } from '../catalog/catalog.ts';
import type { TableMapping } from '../mappings/table-mapping.ts';
import { drainCaptured, nothingCaptured } from '../mappings/table-sweep.ts';
import { tableSync, type TableSync } from '../mappings/table-sync.ts';
import { derivedName } from '../sql/names.ts';
import { ident, qualified, sql, type RelationName } from '../sql/sql.ts';
import { archiveColumn } from '../steps/archive.ts';
import { createIndexConcurrently } from '../steps/concurrent-index.ts';
import { LARGE_TABLE_ROWS, low, medium } from '../steps/risk.ts';
import type { Phases, Step } from '../steps/step.ts';
import { addForeignKeys, analyze, createTableLike, validateForeignKey } from '../steps/table.ts';
import type { ExtractJson } from './extract-json-fields.ts';
import { constraintsOf, leave, referenced, uniqueIndexes } from './old-constraints.ts';
import type { Shape } from './extract-json-mapping.ts';

interface Extraction {
  readonly f: ExtractJson;
  readonly source: Table;
  readonly shapes: readonly Shape[];
  readonly m: TableMapping;
  readonly sync: TableSync;
}

const quiet = low('it changes functions only, and no table is locked', 'Undo puts the previous functions back.');
const brief = low(
  'the lock is held for an instant',
  'It gives up after a moment and tries again rather than make others queue.',
);
const reading = low('it only reads', 'None is needed.');

export function phasesOf(given: Omit<Extraction, 'sync'>): Phases {
  const { f, source, m } = given;
  const sync = tableSync(
    m,
    source.triggers.map((t) => t.name),
  );
  const extraction = { ...given, sync };
  const constraints = constraintsOf(source, f.column);
  return {
    expand: expandSteps(extraction),
    backfill: backfillSteps(extraction),
    'dual-write': dualWriteSteps(extraction),
    switch: [],
    contract: [
      archiveColumn({
        migration: m.migration,
        journal: m.journal,
        table: f.table,
        column: f.column,
        notNull: false,
        locked: [f.table, ...m.targets.map((t) => t.table), ...referenced(f.table, constraints)],
        alongside: leave(f.table, f.column, uniqueIndexes(source, f.column), constraints),
        remove: sync.remove,
        restore: sync.restore,
        revived: sync.revived,
        mapping: m.id,
        nothingCaptured: nothingCaptured(m),
      }),
    ],
  };
}

const expandSteps = ({ f, source, shapes, m, sync }: Extraction): readonly Step[] => [
  ...shapes.map((shape) =>
    createTableLike(source, {
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

/** Load first, then indexes and constraints: with them in place the copy takes twice as long and more. */
const backfillSteps = (extraction: Extraction): readonly Step[] => [
  copyStep(extraction),
  ...extraction.shapes.flatMap((s) =>
    s.indexed.map((column) =>
      createIndexConcurrently(
        { name: derivedName(s.table.name, column, 'idx'), table: s.table, on: sql`(${ident(column)})`, unique: false },
        low('nobody reads the new table yet', 'A failed build is dropped and built again.'),
      ),
    ),
  ),
  ...(extraction.f.foreign_key ? foreignKeySteps(extraction.m) : []),
  ...extraction.m.targets.map((t) => analyze(t.table, low('it reads a sample', 'None is needed.'))),
];

function copyStep({ f, source, m }: Extraction): Step {
  const targets = m.targets.map((t) => t.table);
  return {
    slug: `copy-${f.table.name}`,
    title: `Copy ${f.table.name}.${f.column} into ${targets.map((t) => t.name).join(' and ')}`,
    kind: 'backfill',
    mapping: m.id,
    risk:
      source.rows > LARGE_TABLE_ROWS
        ? medium(
            'it copies a large table',
            'Chunks of at most 100 ms; it takes no lock on the source rows and slows down when the database is busy.',
          )
        : low('it copies rows that nobody reads yet', 'Chunks of at most 100 ms that take no lock on the source rows.'),
    locks: [
      { relation: f.table, mode: 'ACCESS SHARE', holds: 'chunk' },
      ...targets.map((relation) => ({ relation, mode: 'ROW EXCLUSIVE' as const, holds: 'chunk' as const })),
    ],
  };
}

function foreignKeySteps(m: TableMapping): readonly Step[] {
  const keys = m.targets.map(({ table }) => ({
    name: derivedName(table.name, ...m.key.map((k) => k.target), 'fkey'),
    from: table,
    columns: m.key.map((k) => k.target),
    to: m.source,
    references: m.key.map((k) => k.source),
  }));
  const validating = low('it reads the new table and blocks no write', 'It can be repeated.');
  return [
    addForeignKeys(keys, m.id, drainCaptured(m), brief),
    ...keys.map((key) => validateForeignKey(key, m.id, validating)),
  ];
}

function dualWriteSteps({ f, source, m, sync }: Extraction): readonly Step[] {
  const column = source.columns.find((c) => c.name === f.column);
  return [
    ...(column?.notNull && column.default === null ? [giveDefault(f.table, f.column)] : []),
    {
      slug: `reverse-${f.table.name}`,
      title: `Let writes of ${m.targets.map((t) => t.table.name).join(' and ')} reach ${f.table.name}.${f.column}`,
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
      risk: reading,
    },
  ];
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
