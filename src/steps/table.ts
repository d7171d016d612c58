import type { Grant, Table } from '../catalog/catalog.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { low } from './risk.ts';
import type { Lock, Risk, SqlStep } from './step.ts';

export interface NewTable {
  readonly table: RelationName;
  readonly key: readonly {
    readonly source: string;
    readonly target: string;
    readonly type: string;
    readonly equals: string;
    readonly collation: string | null;
  }[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly default: string | null;
    readonly notNull: boolean;
    readonly check: string | null;
  }[];
  readonly migration: string;
  readonly journal: string;
  /** The source's column whose grants the new columns take. */
  readonly grantsOf: string;
}

/**
 * An empty table with its primary key, and the source's owner, grants and row-level security: no role sees more than it saw in the
 * source, whatever default privileges would give.
 */
export function createTableLike(source: Table, t: NewTable): SqlStep {
  const definition = [
    ...t.key.map(
      (k) =>
        sql`${ident(k.target)} ${raw(k.type)}${k.collation === null ? sql`` : sql` COLLATE ${raw(k.collation)}`} NOT NULL`,
    ),
    ...t.columns.map(
      (c) =>
        sql`${ident(c.name)} ${raw(c.type)}${c.default === null ? sql`` : sql` DEFAULT ${raw(c.default)}`}${c.notNull ? sql` NOT NULL` : sql``}${c.check === null ? sql`` : sql` CHECK (${raw(c.check)})`}`,
    ),
    sql`PRIMARY KEY (${join(t.key.map((k) => ident(k.target)))})`,
  ];
  const kept = derivedName(t.table.name, 'archived', t.migration);
  const all: Lock = { relation: t.table, mode: 'ACCESS EXCLUSIVE', holds: 'instant' };
  return {
    slug: `create-${t.table.name}`,
    title: `Create ${t.table.name}`,
    kind: 'ddl',
    risk: low('nothing uses the new table yet', 'None is needed.'),
    sql: join(
      [
        sql`CREATE ${raw(source.unlogged ? 'UNLOGGED ' : '')}TABLE ${qualified(t.table)} (\n  ${join(definition, ',\n  ')}\n)`,
        sql`SELECT ${ident(t.journal)}.take_grants(${t.table.schema}, ${t.table.name})`,
        ...grants(source, t),
        ...rowSecurity(source, t),
        ...(source.replicaIdentity === 'full' ? [sql`ALTER TABLE ${qualified(t.table)} REPLICA IDENTITY FULL`] : []),
        sql`ALTER TABLE ${qualified(t.table)} OWNER TO ${ident(source.owner)}`,
      ],
      ';\n',
    ),
    locks: [],
    undo: { sql: sql`DROP TABLE ${qualified(t.table)}`, locks: [all] },
    undoKeepingData: {
      sql: sql`SELECT ${ident(t.journal)}.archive_table(${t.migration}, ${t.table.schema}, ${t.table.name}, ${kept})`,
      locks: [all],
    },
  };
}

/** A row is for those who may see its source row: the source's own policies decide, for every role as it is. */
function rowSecurity(source: Table, t: NewTable): readonly Sql[] {
  if (!source.rowSecurity) return [];
  const own = join(
    t.key.map((k) => sql`s.${ident(k.source)} ${raw(k.equals)} ${ident(t.table.name)}.${ident(k.target)}`),
    ' AND ',
  );
  return [
    sql`ALTER TABLE ${qualified(t.table)} ENABLE ROW LEVEL SECURITY`,
    ...(source.forceRowSecurity ? [sql`ALTER TABLE ${qualified(t.table)} FORCE ROW LEVEL SECURITY`] : []),
    sql`CREATE POLICY source_row ON ${qualified(t.table)} USING (EXISTS (SELECT FROM ${qualified(source)} AS s WHERE ${own}))`,
  ];
}

const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

function grants(source: Table, t: NewTable): readonly Sql[] {
  const to = (g: Grant) =>
    sql`${g.grantee === null ? sql`PUBLIC` : ident(g.grantee)}${g.grantable ? sql` WITH GRANT OPTION` : sql``}`;
  const onTable = source.grants
    .filter((g) => g.grantee !== source.owner && TABLE_PRIVILEGES.includes(g.privilege))
    .map((g) => sql`GRANT ${raw(g.privilege)} ON ${qualified(t.table)} TO ${to(g)}`);
  const columnGrants = (from: string, onto: readonly string[]) =>
    (source.columns.find((c) => c.name === from)?.grants ?? []).map(
      (g) => sql`GRANT ${raw(g.privilege)} (${join(onto.map(ident))}) ON ${qualified(t.table)} TO ${to(g)}`,
    );
  return [
    ...onTable,
    ...t.key.flatMap((k) => columnGrants(k.source, [k.target])),
    ...columnGrants(
      t.grantsOf,
      t.columns.map((c) => c.name),
    ),
  ];
}

export interface ForeignKey {
  readonly name: string;
  readonly from: RelationName;
  readonly columns: readonly string[];
  readonly to: RelationName;
  readonly references: readonly string[];
}

/**
 * Enforced for new rows at once, for existing ones after `validateForeignKey`. ON UPDATE and ON DELETE CASCADE: referential
 * triggers fire before ours, and NO ACTION would refuse the application's key changes and deletes. `orphansGo` runs under the
 * locks: a row that is left at the key of a deleted source row would fail the next one whose key is changed to it.
 */
export function addForeignKeys(keys: readonly ForeignKey[], mapping: string, orphansGo: Sql, risk: Risk): SqlStep {
  const tables = [...keys.map((k) => k.from), ...keys.slice(0, 1).map((k) => k.to)];
  const lock = (mode: Lock['mode']) => tables.map((relation): Lock => ({ relation, mode, holds: 'instant' }));
  const each = (write: (k: ForeignKey) => Sql) => join(keys.map(write), ';\n');
  return {
    drainFirst: mapping,
    slug: 'foreign-keys',
    title: `Add foreign keys to ${keys[0]?.to.name ?? ''}, not yet validated`,
    kind: 'ddl',
    risk,
    sql: sql`${orphansGo};
${each(
  (
    k,
  ) => sql`ALTER TABLE ${qualified(k.from)} ADD CONSTRAINT ${ident(k.name)} FOREIGN KEY (${join(k.columns.map(ident))})
  REFERENCES ${qualified(k.to)} (${join(k.references.map(ident))}) ON UPDATE CASCADE ON DELETE CASCADE NOT VALID`,
)}`,
    locks: lock('SHARE ROW EXCLUSIVE'),
    undo: {
      sql: each((k) => sql`ALTER TABLE ${qualified(k.from)} DROP CONSTRAINT IF EXISTS ${ident(k.name)}`),
      locks: lock('ACCESS EXCLUSIVE'),
    },
  };
}

/** Before it, rows whose source was deleted while there was no foreign key yet are drained. */
export const validateForeignKey = (k: ForeignKey, mapping: string, risk: Risk): SqlStep => ({
  slug: `validate-${k.name}`,
  title: `Validate the foreign key of ${k.from.name}`,
  kind: 'validate',
  risk,
  drainFirst: mapping,
  sql: sql`ALTER TABLE ${qualified(k.from)} VALIDATE CONSTRAINT ${ident(k.name)}`,
  locks: [
    { relation: k.from, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'scan' },
    { relation: k.to, mode: 'ROW SHARE', holds: 'scan' },
  ],
  undo: null,
});

export const analyze = (table: RelationName, risk: Risk): SqlStep => ({
  slug: `analyze-${table.name}`,
  title: `Collect statistics of ${table.name}`,
  kind: 'validate',
  risk,
  sql: sql`ANALYZE ${qualified(table)}`,
  locks: [{ relation: table, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'scan' }],
  undo: null,
});
