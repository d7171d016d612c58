import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, sql, type RelationName, type Sql } from '../sql/sql.ts';
import { high } from './risk.ts';
import type { ConcurrentStep, Lock, SqlStep, Statement } from './step.ts';

export interface Archiving {
  readonly migration: string;
  readonly journal: string;
  readonly table: RelationName;
  readonly column: string;
  readonly notNull: boolean;
  /** What its NOT NULL is called, where that has a name (18 and later), and the comment on it. */
  readonly notNullConstraint?: { readonly name: string; readonly comment: string | null } | undefined;
  /** Every table whose triggers go in the same transaction, `table` first. */
  readonly locked: readonly RelationName[];
  /** Takes our triggers and functions away; `restore` puts them back, syncing both ways. */
  readonly remove: Sql;
  readonly restore: Sql;
  /** Changes functions only, once every row of the old column is as the new shape says. */
  readonly revived: Sql;
  /** What must happen at the same moment, such as renames of indexes, and the way back; what can only be put back once the rows are right. */
  readonly alongside?: {
    readonly sql: Sql;
    readonly undo: Sql;
    readonly rebuild: readonly ConcurrentStep[];
    readonly finish: readonly Statement[];
  };
  readonly mapping: string;
  /** Fails for a moment while captured writes of the mapping wait to be drained; left out where nothing is captured. */
  readonly nothingCaptured?: Sql;
}

export const archivedName = (column: string, migration: string): string => derivedName(column, 'archived', migration);

/**
 * The old column leaves under another name, in its place in the row: an archive elsewhere, joined by key, would come back
 * to the wrong row once keys have changed or been used again.
 */
export function archiveColumn(a: Archiving): SqlStep {
  const archived = archivedName(a.column, a.migration);
  const exclusive = a.locked.map((relation): Lock => ({ relation, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }));
  const lock = sql`LOCK TABLE ${join(a.locked.map(qualified))} IN ACCESS EXCLUSIVE MODE`;
  const table = qualified(a.table);
  const filled = derivedName(a.column, 'filled', a.migration);
  return {
    ...(a.nothingCaptured ? { drainFirst: a.mapping } : {}),
    slug: `archive-${a.table.name}.${a.column}`,
    title: `Stop syncing and archive ${a.table.name}.${a.column}`,
    kind: 'ddl',
    risk: high(
      'old code that still runs fails from here on',
      'The column is renamed, not dropped: rollback brings it back with current values until it is purged.',
    ),
    sql: join(
      [
        lock,
        ...(a.nothingCaptured ? [a.nothingCaptured] : []),
        a.remove,
        sql`ALTER TABLE ${table} RENAME COLUMN ${ident(a.column)} TO ${ident(archived)}`,
        ...(a.notNull ? [sql`ALTER TABLE ${table} ALTER COLUMN ${ident(archived)} DROP NOT NULL`] : []),
        ...(a.alongside ? [a.alongside.sql] : []),
        sql`INSERT INTO ${ident(a.journal)}.archive (migration, kind, schema_name, table_name, original_name, archived_name)
VALUES (${a.migration}, 'column', ${a.table.schema}, ${a.table.name}, ${a.column}, ${archived})`,
      ],
      ';\n',
    ),
    locks: exclusive,
    undo: {
      sql: join(
        [
          lock,
          sql`ALTER TABLE ${table} RENAME COLUMN ${ident(archived)} TO ${ident(a.column)}`,
          ...(a.alongside ? [a.alongside.undo] : []),
          a.restore,
          sql`DELETE FROM ${ident(a.journal)}.archive WHERE migration = ${a.migration} AND kind = 'column' AND schema_name = ${a.table.schema} AND table_name = ${a.table.name} AND archived_name = ${archived}`,
        ],
        ';\n',
      ),
      locks: exclusive,
    },
    revive: {
      mapping: a.mapping,
      rebuild: a.alongside?.rebuild ?? [],
      finish: [...finish(a, table, filled), ...(a.alongside?.finish ?? [])],
    },
  };
}

/** What follows once every row says again what the new shape says. */
function finish(a: Archiving, table: Sql, filled: string): readonly Statement[] {
  const locks = (mode: Lock['mode'], holds: Lock['holds']): readonly Lock[] => [{ relation: a.table, mode, holds }];
  const revived: Statement = { sql: a.revived, locks: [] };
  if (!a.notNull) return [revived];
  // NOT NULL comes back without a scan under a lock that blocks anyone.
  if (a.notNullConstraint) {
    const { name, comment } = a.notNullConstraint;
    return [
      revived,
      {
        sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(name)} NOT NULL ${ident(a.column)} NOT VALID${comment === null ? sql`` : sql`;\nCOMMENT ON CONSTRAINT ${ident(name)} ON ${table} IS ${comment}`}`,
        locks: locks('ACCESS EXCLUSIVE', 'instant'),
      },
      {
        sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${ident(name)}`,
        locks: locks('SHARE UPDATE EXCLUSIVE', 'scan'),
      },
    ];
  }
  return [
    revived,
    {
      sql: sql`ALTER TABLE ${table} ADD CONSTRAINT ${ident(filled)} CHECK (${ident(a.column)} IS NOT NULL) NOT VALID`,
      locks: locks('ACCESS EXCLUSIVE', 'instant'),
    },
    {
      sql: sql`ALTER TABLE ${table} VALIDATE CONSTRAINT ${ident(filled)}`,
      locks: locks('SHARE UPDATE EXCLUSIVE', 'scan'),
    },
    {
      sql: sql`ALTER TABLE ${table} ALTER COLUMN ${ident(a.column)} SET NOT NULL;\nALTER TABLE ${table} DROP CONSTRAINT ${ident(filled)}`,
      locks: locks('ACCESS EXCLUSIVE', 'instant'),
    },
  ];
}
