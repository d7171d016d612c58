import type { Column, Constraint, Index } from '../catalog/catalog.ts';
import type { ColumnMapping } from '../mappings/column-mapping.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, raw, sql, type Sql } from '../sql/sql.ts';
import { archivedName } from '../steps/archive.ts';
import { low } from '../steps/risk.ts';
import type { Lock, Step } from '../steps/step.ts';
import { comeBack, commentOn, markIndex } from './old-constraints.ts';
import { constraintOn } from './renamed-definition.ts';

/** What an index or constraint of the new column is called until it takes the old one's name. */
export const temporary = (name: string): string => derivedName(name, 'new');

/** The old column's constraint on the new one: enforced for new rows first, then proven for all. */
export function addConstraint(m: ColumnMapping, c: Constraint, from: string, to: string): readonly Step[] {
  const table = qualified(m.table);
  const name = ident(temporary(c.name));
  const locks: readonly Lock[] = [
    { relation: m.table, mode: c.type === 'foreign' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', holds: 'instant' },
    ...(c.references
      ? [{ relation: c.references, mode: 'SHARE ROW EXCLUSIVE' as const, holds: 'instant' as const }]
      : []),
  ];
  const add: Step = {
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
  };
  // What nobody proved of the old column may not hold for the new one either.
  if (!c.validated) return [add];
  return [
    add,
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

/** NOT NULL NOT VALID where the server has it (18), or else through a check: once validated, neither needs a scan under a lock. */
export function notNullSteps(m: ColumnMapping, filled: string, named: Constraint | undefined): readonly Step[] {
  const table = qualified(m.table);
  const exclusive: readonly Lock[] = [{ relation: m.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }];
  const name = ident(named ? temporary(named.name) : filled);
  const rule = named ? sql`NOT NULL ${ident(m.to.name)}` : sql`CHECK (${ident(m.to.name)} IS NOT NULL)`;
  return [
    {
      slug: `require-${m.to.name}`,
      title: `Refuse NULL in ${m.to.name} from now on`,
      kind: 'ddl',
      risk: low('the lock is held for an instant', 'Undo drops the check.'),
      sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${rule} NOT VALID`,
      locks: exclusive,
      undo: { sql: sql`ALTER TABLE ${table} DROP CONSTRAINT ${name}`, locks: exclusive },
    },
    {
      slug: `validate-${m.to.name}`,
      title: `Make sure that no row has NULL in ${m.to.name}`,
      kind: 'validate',
      risk: low('it reads the table and blocks no write', 'It can be repeated.'),
      sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`,
      locks: [{ relation: m.table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'scan' }],
      undo: null,
    },
  ];
}

/** A unique constraint of the new column, over the index that was built for it. */
export function uniqueConstraint(m: ColumnMapping, c: Constraint): Step {
  const table = qualified(m.table);
  const name = ident(temporary(c.name));
  const exclusive: readonly Lock[] = [{ relation: m.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }];
  return {
    slug: `add-${c.name}`,
    title: `Carry the constraint ${c.name} over to ${m.to.name}`,
    kind: 'ddl',
    risk: low('its index is there already, and the lock is held for an instant', 'Undo drops it.'),
    sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${name} UNIQUE USING INDEX ${name}`,
    locks: exclusive,
    undo: { sql: sql`ALTER TABLE ${table} DROP CONSTRAINT ${name}`, locks: exclusive },
  };
}

/** In the archiving transaction: default, NOT NULL, and the names of indexes and constraints pass from the old column's to the new one's. */
export function takeOver(
  m: ColumnMapping,
  old: Column,
  indexes: readonly Index[],
  constraints: readonly Constraint[],
  newDefault: string | null,
  filled: string,
  named: Constraint | undefined,
) {
  const table = qualified(m.table);
  const to = ident(m.to.name);
  const archived = archivedName(m.from.name, m.migration);
  const alter = (change: Sql) => sql`ALTER TABLE ${table} ${change}`;
  const inSchema = (name: string) => qualified({ schema: m.table.schema, name });
  const away = (name: string) => archivedName(name, m.migration);
  const renameIndex = (a: string, b: string) => sql`ALTER INDEX ${inSchema(a)} RENAME TO ${ident(b)}`;
  const renameConstraint = (a: string, b: string) => alter(sql`RENAME CONSTRAINT ${ident(a)} TO ${ident(b)}`);
  const notNull = passNotNull(m, old, filled, named);
  const forward = [
    ...(newDefault === null ? [] : [alter(sql`ALTER COLUMN ${to} SET DEFAULT ${raw(newDefault)}`)]),
    // A default that nobody reads would still be computed for every row: nextval() leaves gaps.
    ...(old.default === null ? [] : [alter(sql`ALTER COLUMN ${ident(archived)} DROP DEFAULT`)]),
    ...notNull.forward,
    ...indexes.flatMap((i) => [
      ...(i.unique
        ? i.constraint === null
          ? [sql`DROP INDEX ${inSchema(i.name)}`, renameIndex(temporary(i.name), i.name)]
          : []
        : [renameIndex(i.name, away(i.name)), renameIndex(temporary(i.name), i.name)]),
      ...(i.constraint === null ? markIndex(m.table, i) : []),
    ]),
    ...constraints.flatMap((c) => [
      alter(sql`DROP CONSTRAINT ${ident(c.name)}`),
      renameConstraint(temporary(c.name), c.name),
      ...indexes.filter((i) => i.constraint === c.name).flatMap((i) => markIndex(m.table, i)),
      ...(c.comment === null ? [] : [commentOn(m.table, c)]),
    ]),
    ...(old.sequences ?? []).map((s) => sql`ALTER SEQUENCE ${qualified(s)} OWNED BY ${table}.${to}`),
  ];
  const back = [
    ...(old.sequences ?? []).map((s) => sql`ALTER SEQUENCE ${qualified(s)} OWNED BY ${table}.${ident(old.name)}`),
    ...constraints.map((c) => renameConstraint(c.name, temporary(c.name))),
    ...indexes.flatMap((i) => [
      ...(i.constraint === null ? [renameIndex(i.name, temporary(i.name))] : []),
      ...(i.unique ? [] : [renameIndex(away(i.name), i.name)]),
      ...(i.clustered && !i.unique ? [alter(sql`CLUSTER ON ${ident(i.name)}`)] : []),
    ]),
    ...notNull.back,
    ...(newDefault === null ? [] : [alter(sql`ALTER COLUMN ${to} DROP DEFAULT`)]),
    ...(old.default === null ? [] : [alter(sql`ALTER COLUMN ${ident(old.name)} SET DEFAULT ${raw(old.default)}`)]),
  ];
  return {
    sql: join(forward.length ? forward : [sql`SELECT`], ';\n'),
    undo: join(back.length ? back : [sql`SELECT`], ';\n'),
    ...comeBack(
      m.table,
      m.from.name,
      indexes.filter((i) => i.unique),
      constraints,
    ),
  };
}

/** NOT NULL passes with its name where it has one. */
function passNotNull(m: ColumnMapping, old: Column, filled: string, named: Constraint | undefined) {
  const table = qualified(m.table);
  const to = ident(m.to.name);
  if (!old.notNull) return { forward: [], back: [] };
  if (named) {
    const rename = (a: string, b: string) => sql`ALTER TABLE ${table} RENAME CONSTRAINT ${ident(a)} TO ${ident(b)}`;
    return {
      forward: [
        rename(temporary(named.name), named.name),
        ...(named.comment === null ? [] : [commentOn(m.table, named)]),
      ],
      back: [rename(named.name, temporary(named.name))],
    };
  }
  return {
    forward: [
      sql`ALTER TABLE ${table} ALTER COLUMN ${to} SET NOT NULL`,
      sql`ALTER TABLE ${table} DROP CONSTRAINT ${ident(filled)}`,
    ],
    back: [
      sql`ALTER TABLE ${table} ALTER COLUMN ${to} DROP NOT NULL`,
      sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(filled)} CHECK (${to} IS NOT NULL) NOT VALID`,
    ],
  };
}
