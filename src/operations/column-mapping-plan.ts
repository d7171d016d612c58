import { keyOf, type Catalog, type Column, type Constraint, type Index, type Table } from '../catalog/catalog.ts';
import { notSupportedYet } from '../errors.ts';
import { columnSync, compileColumnMapping, type ColumnMapping } from '../mappings/column-mapping.ts';
import { columnsOf, substituteColumns } from '../sql/expressions.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { archiveColumn, archivedName } from '../steps/archive.ts';
import { createIndexConcurrently } from '../steps/index.ts';
import { LARGE_TABLE_ROWS, low, medium } from '../steps/risk.ts';
import type { Lock, Step } from '../steps/step.ts';
import { analyze } from '../steps/table.ts';
import { dataMove } from './data-move.ts';
import { columnExists } from './errors.ts';
import type { OperationPlan, PlanContext } from './operation.ts';
import { constraintOn, indexOn } from './renamed-definition.ts';

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
  refuseWhatIsNotSupported(table, old, change.type !== null);
  const m = mappingOf(change, table, old, context);
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
      `The new column stands at the end of ${table.name}; only its position differs from the old one's.`,
      ...table.triggers.map(
        (t) => `The trigger ${t.name} may use ${old.name} in its function: change it before contract.`,
      ),
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
): ColumnMapping {
  const newType = change.type === null ? old.type : type(change.type);
  const onlyOver = (expression: string, column: string, where: string) => {
    if (columnsOf(expression, where).some((used) => used !== column))
      throw notSupportedYet(`\`${where}\` over other columns than ${column}`, `Write it over ${column} alone.`);
    return expression;
  };
  const cast = (name: string, to: string) => `"${name.replaceAll('"', '""')}"::${to}`;
  return {
    id: `${table.name}.${old.name}`,
    migration,
    journal,
    base: derivedName(migration, String(index)),
    table: change.table,
    key: keyOf(table).map((c) => c.name),
    from: { name: old.name, type: old.type },
    to: { name: change.to, type: newType },
    up: change.type === null ? null : onlyOver(change.up ?? cast(old.name, newType), old.name, 'up'),
    down: change.type === null ? null : onlyOver(change.down ?? cast(change.to, old.type), change.to, 'down'),
  };
}

function refuseWhatIsNotSupported(table: Table, column: Column, changesType: boolean): void {
  const refuse = (what: string) => {
    throw notSupportedYet(
      what,
      'Nothing was changed. Change that part by hand first, or wait for a version that carries it along.',
    );
  };
  const of = `${table.name}.${column.name}`;
  const constraints = table.constraints.filter((c) => c.columns.includes(column.name) && c.type !== 'not null');
  if (column.identity) refuse(`${of} as an identity column`);
  if (column.generated) refuse(`${of} as a generated column`);
  if (table.children.length) refuse(`${table.name} with inheritance children`);
  for (const c of constraints) {
    if (c.type === 'primary') refuse(`${of} as part of the primary key`);
    if (c.type === 'exclusion') refuse(`${of} in the exclusion constraint ${c.name}`);
    if (c.deferrable) refuse(`${of} in the deferrable constraint ${c.name}`);
    if (changesType) refuse(`${of} in the constraint ${c.name}`);
  }
  for (const i of ownIndexes(table, column)) {
    if (changesType && (i.unique || i.columns.length !== i.dependsOn.length)) refuse(`${of} in the index ${i.name}`);
    if (table.kind === 'partitioned') refuse(`${of} in an index of a partitioned table`);
  }
  refuseUses(table, column, refuse);
}

/** Views and policies would go on reading the archived column; foreign keys would go on pointing at it. */
function refuseUses(table: Table, column: Column, refuse: (what: string) => void): void {
  const isUnique = table.constraints.some((c) => c.type === 'unique' && c.columns.includes(column.name));
  if (isUnique && table.referencedBy.length)
    refuse(`${table.name}.${column.name} as the possible target of a foreign key`);
  for (const d of table.dependants)
    if (d.columns.includes(column.name) && d.kind !== 'foreign key')
      refuse(`${table.name}.${column.name} used by the ${d.kind} ${d.name}`);
}

const ownIndexes = (table: Table, column: Column): readonly Index[] =>
  table.indexes.filter((i) => i.dependsOn.includes(column.name) && !i.primary && i.valid);

function phasesOf(change: ColumnChange, table: Table, old: Column, m: ColumnMapping): OperationPlan['phases'] {
  const sync = columnSync(
    m,
    table.triggers.map((t) => t.name),
  );
  const exclusive: readonly Lock[] = [{ relation: m.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }];
  const brief = low(
    'the lock is held for an instant',
    'It gives up after a moment and tries again rather than make others queue.',
  );
  const filling =
    table.rows > LARGE_TABLE_ROWS
      ? medium(
          'it rewrites the rows of a large table, one after another',
          'Chunks of at most 100 ms; it vacuums as it goes and slows down when the database is busy.',
        )
      : low('it rewrites the rows, one after another', 'Chunks of at most 100 ms.');
  const indexes = ownIndexes(table, old);
  const constraints = table.constraints.filter(
    (c) => c.columns.includes(old.name) && (c.type === 'check' || c.type === 'foreign'),
  );
  const filled = derivedName(change.to, 'filled', m.migration);
  const newDefault = defaultFor(old, m);
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
    backfill: [
      {
        slug: `fill-${table.name}.${change.to}`,
        title: `Fill ${table.name}.${change.to}`,
        kind: 'backfill',
        mapping: m.id,
        risk: filling,
        locks: [{ relation: m.table, mode: 'ROW EXCLUSIVE', holds: 'chunk' }],
      },
      ...indexes.map((i): Step =>
        createIndexConcurrently(
          { name: temporary(i.name), table: m.table, on: indexOn(i, old.name, change.to), unique: i.unique },
          low('the build blocks neither reads nor writes', 'A failed build is dropped and built again.'),
        ),
      ),
      ...constraints.flatMap((c): readonly Step[] => addConstraint(m, c, old.name, change.to)),
      analyze(m.table, low('it reads a sample', 'None is needed.')),
    ],
    'dual-write': [
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
    contract: [
      ...(old.notNull ? notNullSteps(m, filled) : []),
      archiveColumn({
        migration: m.migration,
        journal: m.journal,
        table: m.table,
        column: old.name,
        notNull: old.notNull,
        locked: [m.table],
        remove: sync.remove,
        restore: sync.restore,
        alongside: takeOver(m, old, indexes, constraints, newDefault, filled),
        mapping: m.id,
      }),
    ],
  };
}

const temporary = (name: string): string => derivedName(name, 'new');

/** The new column as the old one is, but for its default: a default would look like a value that new code wrote. */
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

const defaultFor = (old: Column, m: ColumnMapping): string | null =>
  old.default === null
    ? null
    : m.up === null
      ? old.default
      : `(${substituteColumns(m.up, 'up', () => `((${old.default ?? ''})::${m.from.type})`)})::${m.to.type}`;

function addConstraint(m: ColumnMapping, c: Constraint, from: string, to: string): readonly Step[] {
  const table = qualified(m.table);
  const name = ident(temporary(c.name));
  const locks: readonly Lock[] = [
    { relation: m.table, mode: c.type === 'foreign' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', holds: 'instant' },
    ...(c.references
      ? [{ relation: c.references, mode: 'SHARE ROW EXCLUSIVE' as const, holds: 'instant' as const }]
      : []),
  ];
  return [
    {
      slug: `add-${c.name}`,
      title: `Carry the constraint ${c.name} over to ${to}, not yet validated`,
      kind: 'ddl',
      risk: low('the lock is held for an instant', 'Undo drops it.'),
      sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${constraintOn(c, from, to)} NOT VALID`,
      locks,
      undo: {
        sql: sql`ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
        locks: locks.map((l) => ({ ...l, mode: 'ACCESS EXCLUSIVE' as const })),
      },
    },
    {
      slug: `validate-${c.name}`,
      title: `Validate ${c.name} for ${to}`,
      kind: 'validate',
      risk: low('it reads the table and blocks no write', 'It can be repeated.'),
      sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`,
      locks: [
        { relation: m.table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'scan' },
        ...(c.references ? [{ relation: c.references, mode: 'ROW SHARE' as const, holds: 'scan' as const }] : []),
      ],
      undo: null,
    },
  ];
}

/** NOT NULL through a validated check: SET NOT NULL then needs no scan under its lock. */
function notNullSteps(m: ColumnMapping, filled: string): readonly Step[] {
  const table = qualified(m.table);
  const exclusive: readonly Lock[] = [{ relation: m.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }];
  return [
    {
      slug: `require-${m.to.name}`,
      title: `Refuse NULL in ${m.to.name} from now on`,
      kind: 'ddl',
      risk: low('the lock is held for an instant', 'Undo drops the check.'),
      sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(filled)} CHECK (${ident(m.to.name)} IS NOT NULL) NOT VALID`,
      locks: exclusive,
      undo: { sql: sql`ALTER TABLE ${table} DROP CONSTRAINT ${ident(filled)}`, locks: exclusive },
    },
    {
      slug: `validate-${m.to.name}`,
      title: `Make sure that no row has NULL in ${m.to.name}`,
      kind: 'validate',
      risk: low('it reads the table and blocks no write', 'It can be repeated.'),
      sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${ident(filled)}`,
      locks: [{ relation: m.table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'scan' }],
      undo: null,
    },
  ];
}

/** In the archiving transaction: default, NOT NULL, and the names of indexes and constraints pass from the old column's to the new one's. */
function takeOver(
  m: ColumnMapping,
  old: Column,
  indexes: readonly Index[],
  constraints: readonly Constraint[],
  newDefault: string | null,
  filled: string,
) {
  const table = qualified(m.table);
  const to = ident(m.to.name);
  const alter = (change: Sql) => sql`ALTER TABLE ${table} ${change}`;
  const inSchema = (name: string) => qualified({ schema: m.table.schema, name });
  const away = (name: string) => archivedName(name, m.migration);
  const renameIndex = (a: string, b: string) => sql`ALTER INDEX ${inSchema(a)} RENAME TO ${ident(b)}`;
  const renameConstraint = (a: string, b: string) => alter(sql`RENAME CONSTRAINT ${ident(a)} TO ${ident(b)}`);
  const forward = [
    ...(newDefault === null ? [] : [alter(sql`ALTER COLUMN ${to} SET DEFAULT ${raw(newDefault)}`)]),
    ...(old.notNull ? [alter(sql`ALTER COLUMN ${to} SET NOT NULL`), alter(sql`DROP CONSTRAINT ${ident(filled)}`)] : []),
    ...indexes.flatMap((i) => [
      ...(i.constraint === null
        ? [renameIndex(i.name, away(i.name))]
        : [renameConstraint(i.constraint, away(i.constraint))]),
      renameIndex(temporary(i.name), i.name),
      ...(i.constraint === null
        ? []
        : [alter(sql`ADD CONSTRAINT ${ident(i.constraint)} UNIQUE USING INDEX ${ident(i.name)}`)]),
      ...(i.comment === null ? [] : [sql`COMMENT ON INDEX ${inSchema(i.name)} IS ${i.comment}`]),
    ]),
    ...constraints.flatMap((c) => [
      renameConstraint(c.name, away(c.name)),
      renameConstraint(temporary(c.name), c.name),
      ...(c.comment === null ? [] : [sql`COMMENT ON CONSTRAINT ${ident(c.name)} ON ${table} IS ${c.comment}`]),
    ]),
  ];
  const back = [
    ...constraints.flatMap((c) => [
      renameConstraint(c.name, temporary(c.name)),
      renameConstraint(away(c.name), c.name),
    ]),
    ...indexes.flatMap((i) => [
      // A unique constraint's index cannot outlive it: the unique index is built again if the migration goes forward once more.
      ...(i.constraint === null
        ? [renameIndex(i.name, temporary(i.name))]
        : [alter(sql`DROP CONSTRAINT ${ident(i.constraint)}`)]),
      ...(i.constraint === null
        ? [renameIndex(away(i.name), i.name)]
        : [renameConstraint(away(i.constraint), i.constraint)]),
    ]),
    ...(old.notNull
      ? [
          alter(sql`ALTER COLUMN ${to} DROP NOT NULL`),
          alter(sql`ADD CONSTRAINT ${ident(filled)} CHECK (${to} IS NOT NULL) NOT VALID`),
        ]
      : []),
    ...(newDefault === null ? [] : [alter(sql`ALTER COLUMN ${to} DROP DEFAULT`)]),
  ];
  return {
    sql: join(forward.length ? forward : [sql`SELECT`], ';\n'),
    undo: join(back.length ? back : [sql`SELECT`], ';\n'),
  };
}
