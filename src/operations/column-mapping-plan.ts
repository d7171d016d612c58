import { keyOf, type Catalog, type Column, type Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { columnSync, type ColumnMapping, type ColumnSync } from '../mappings/column-mapping.ts';
import { compileColumnMapping } from '../mappings/compile-column-mapping.ts';
import { leafPlaceholderBeside, mappingId } from '../mappings/mapping.ts';
import { columnsOf } from '../sql/expressions.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { archiveColumn } from '../steps/archive.ts';
import { createIndexConcurrently } from '../steps/concurrent-index.ts';
import { LARGE_TABLE_ROWS, low, medium } from '../steps/risk.ts';
import type { Lock, Step } from '../steps/step.ts';
import { analyze } from '../steps/table.ts';
import { dataMove } from './data-move.ts';
import { columnExists } from './errors.ts';
import type { OperationPlan, PlanContext } from './operation.ts';
import { defaultCast, defaultFor } from './default-cast.ts';
import { ownIndexes, refuseCheckedDomain, refuseWhatIsNotSupported } from './column-mapping-checks.ts';
import { addConstraint, notNullSteps, takeOver, temporary, uniqueConstraint } from './column-take-over.ts';
import { constraintsOf, referenced } from './old-constraints.ts';
import { publicationNotes } from './source-checks.ts';
import { indexOn } from './renamed-definition.ts';
import { triggerSchemas } from './trigger-schemas.ts';

interface ColumnChange {
  readonly table: RelationName;
  readonly from: string;
  readonly to: string;
  /** null: the same type. */
  readonly type: string | null;
  readonly up: string | null;
  readonly down: string | null;
}

/** The five phases of a column that another one in the same table takes the place of. */
export function planColumnMapping(change: ColumnChange, catalog: Catalog, context: PlanContext): OperationPlan {
  const table = catalog.table(change.table);
  const old = catalog.column(change.table, change.from);
  if (table.columns.some((c) => c.name === change.to)) throw columnExists(change.table, change.to);
  refuseWhatIsNotSupported(table, old, change.type !== null, catalog.server.major);
  const schemas = triggerSchemas(catalog, table, []);
  const m = mappingOf(change, table, old, context, schemas.lookIn);
  refuseCheckedDomain(m.to.type, catalog);
  const lossy = change.type !== null && (change.up !== null || change.down !== null);
  return {
    phases: phasesOf(change, table, old, m),
    mappings: [compileColumnMapping(m)],
    risks: [],
    newTables: [],
    removed: [{ table: change.table, column: change.from, replacedBy: change.to }],
    moves: [
      dataMove(
        `${table.name}.${old.name}`,
        [`${table.name}.${change.to}`],
        table.rows,
        lossy ? ['Whether up and down lose anything is counted row by row by `verify`.'] : [],
      ),
    ],
    notes: [
      `Adding and archiving a column makes prepared SELECT * and RETURNING * on ${table.name} fail once with "cached plan must not change result type".`,
      ...(ownIndexes(table, old).some((index) => index.unique)
        ? [
            `Both columns are unique until contract: INSERT … ON CONFLICT names one of them, and under concurrent writers it can fail with 23505 on the other.`,
          ]
        : []),
      ...publicationNotes(table, { column: change.to }),
      `The new column stands at the end of ${table.name}; only its position differs from the old one's.`,
      ...table.triggers.map(
        (t) => `The trigger ${t.name} may use ${old.name} in its function: change it before contract.`,
      ),
      ...schemas.notes,
    ],
  };
}

export function projectColumnMapping(
  { table, from, to, type }: Pick<ColumnChange, 'table' | 'from' | 'to' | 'type'>,
  catalog: Catalog,
): Catalog {
  const before = catalog.table(table);
  const old = catalog.column(table, from);
  const columns = [...before.columns.filter((c) => c.name !== from), { ...old, name: to, type: type ?? old.type }];
  return catalog.withTable({ ...before, columns });
}

function mappingOf(
  change: ColumnChange,
  table: Table,
  old: Column,
  { migration, journal, index, type }: PlanContext,
  lookIn: readonly string[],
): ColumnMapping {
  const newType = change.type === null ? old.type : type(change.type);
  const onlyOver = (expression: string, column: string, where: string) => {
    if (columnsOf(expression, where).some((used) => used !== column))
      throw notSupportedYet(`\`${where}\` over other columns than ${column}`, `Write it over ${column} alone.`);
    return expression;
  };
  return {
    id: mappingId(change.table, old.name),
    migration,
    journal,
    base: derivedName(migration, String(index)),
    table: change.table,
    key: keyOf(table).map((c) => c.name),
    from: { name: old.name, type: old.type, default: old.default },
    to: { name: change.to, type: newType, required: old.notNull },
    up: change.type === null ? null : onlyOver(change.up ?? defaultCast(old.name, newType), old.name, 'up'),
    down: change.type === null ? null : onlyOver(change.down ?? defaultCast(change.to, old.type), change.to, 'down'),
    lookIn,
    leaf: leafPlaceholderBeside(change, table),
  };
}

function phasesOf(change: ColumnChange, table: Table, old: Column, m: ColumnMapping): OperationPlan['phases'] {
  const sync = columnSync(
    m,
    table.triggers.map((t) => t.name),
    constraintsOf(table, old.name).some((c) => c.type === 'foreign'),
  );
  const exclusive: readonly Lock[] = [{ relation: m.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }];
  const brief = low(
    'the lock is held for an instant',
    'It gives up after a moment and tries again rather than make others queue.',
  );
  return {
    expand: [
      {
        slug: `add-${table.name}.${change.to}`,
        title: `Add ${table.name}.${change.to}`,
        kind: 'ddl',
        risk: brief,
        sql: addColumn(table, old, m),
        locks: exclusive,
        undo: { sql: sql`ALTER TABLE ${qualified(m.table)} DROP COLUMN ${ident(change.to)}`, locks: exclusive },
      },
      {
        slug: `sync-${table.name}.${change.to}`,
        title: `Keep ${table.name}.${old.name} and ${change.to} equal`,
        kind: 'sync',
        risk: brief,
        ...sync.install,
      },
    ],
    backfill: backfillSteps(change, table, old, m),
    'dual-write': [
      {
        slug: `stop-filling-${change.to}`,
        title: `Take NULL in ${change.to} for what new code wrote, not for a row to fill`,
        kind: 'sync',
        risk: low('it changes a function only, and no table is locked', 'Undo puts the previous function back.'),
        ...sync.stopFilling,
      },
      {
        slug: 'parity',
        title: 'Old and new column agree, row by row',
        kind: 'gate',
        gate: 'parity',
        mapping: m.id,
        risk: low('it only reads', 'None is needed.'),
      },
    ],
    switch: [],
    contract: contractSteps(m, table, old, sync),
  };
}

function contractSteps(m: ColumnMapping, table: Table, old: Column, sync: ColumnSync): readonly Step[] {
  const indexes = ownIndexes(table, old);
  const constraints = constraintsOf(table, old.name);
  const filled = derivedName(m.to.name, 'filled', m.migration);
  const newDefault = defaultFor(old, m);
  const named = old.notNull
    ? table.constraints.find((c) => c.type === 'not null' && c.columns.join() === old.name)
    : undefined;
  return [
    ...(old.notNull ? notNullSteps(m, filled, named) : []),
    archiveColumn({
      migration: m.migration,
      journal: m.journal,
      table: m.table,
      column: old.name,
      notNull: old.notNull,
      notNullConstraint: named,
      locked: [m.table, ...referenced(m.table, constraints)],
      remove: sync.remove,
      restore: sync.restore,
      revived: sync.revived,
      alongside: takeOver(m, old, indexes, constraints, newDefault, filled, named),
      mapping: m.id,
    }),
  ];
}

function backfillSteps(change: ColumnChange, table: Table, old: Column, m: ColumnMapping): readonly Step[] {
  const filling =
    table.rows > LARGE_TABLE_ROWS
      ? medium(
          'it rewrites the rows of a large table, one after another',
          'Chunks of at most 100 ms; it vacuums as it goes and slows down when the database is busy.',
        )
      : low('it rewrites the rows, one after another', 'Chunks of at most 100 ms.');
  const building = low('the build blocks neither reads nor writes', 'A failed build is dropped and built again.');
  return [
    {
      slug: `fill-${table.name}.${change.to}`,
      title: `Fill ${table.name}.${change.to}`,
      kind: 'backfill',
      mapping: m.id,
      risk: filling,
      // Chunks take less; the VACUUM that goes along with them does not.
      locks: [{ relation: m.table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'chunk' }],
    },
    ...ownIndexes(table, old).map((i) =>
      createIndexConcurrently(
        { name: temporary(i.name), table: m.table, on: indexOn(i, old.name, change.to), unique: i.unique },
        building,
      ),
    ),
    ...constraintsOf(table, old.name).flatMap((c) =>
      c.type === 'unique' ? [uniqueConstraint(m, c)] : addConstraint(m, c, old.name, change.to),
    ),
    analyze(m.table, low('it reads a sample', 'None is needed.')),
  ];
}

/** The new column as the old one is, but for its default: a default would look like a value that new code wrote. What a type brings along stays the type's. */
function addColumn(table: Table, old: Column, m: ColumnMapping): Sql {
  const name = ident(m.to.name);
  const collation = old.collation !== null && m.up === null ? sql` COLLATE ${raw(old.collation)}` : sql``;
  return join(
    [
      sql`ALTER TABLE ${qualified(m.table)} ADD COLUMN ${name} ${raw(m.to.type)}${collation}`,
      ...(old.statisticsTarget === null
        ? []
        : [
            sql`ALTER TABLE ${qualified(m.table)} ALTER COLUMN ${name} SET STATISTICS ${raw(String(old.statisticsTarget))}`,
          ]),
      ...(old.storage === undefined || m.up !== null
        ? []
        : [sql`ALTER TABLE ${qualified(m.table)} ALTER COLUMN ${name} SET STORAGE ${raw(old.storage)}`]),
      ...(old.compression === undefined || m.up !== null
        ? []
        : [sql`ALTER TABLE ${qualified(m.table)} ALTER COLUMN ${name} SET COMPRESSION ${raw(old.compression)}`]),
      ...(old.options === undefined
        ? []
        : [sql`ALTER TABLE ${qualified(m.table)} ALTER COLUMN ${name} SET (${raw(old.options.join(', '))})`]),
      ...(old.comment === null ? [] : [sql`COMMENT ON COLUMN ${qualified(m.table)}.${name} IS ${old.comment}`]),
      ...old.grants
        .filter((g) => g.grantee !== table.owner)
        .map(
          (g) =>
            sql`GRANT ${raw(g.privilege)} (${name}) ON ${qualified(m.table)} TO ${g.grantee === null ? sql`PUBLIC` : ident(g.grantee)}${g.grantable ? sql` WITH GRANT OPTION` : sql``}`,
        ),
    ],
    ';\n',
  );
}
