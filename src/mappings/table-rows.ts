import { ident, join, qualified, sql, type Sql } from '../sql/sql.ts';
import { differs } from './json-column.ts';
import {
  fired,
  fires,
  keyAsJson,
  keyIs,
  ours,
  quarantineMisfits,
  readSource,
  type TableMapping,
  type Target,
} from './table-mapping.ts';
import { DRAINING, PATCHING } from './table-reverse.ts';

/**
 * capture: remember which rows were written, touch nothing else.
 * mixed: READ COMMITTED writers sync at once; others may hold a snapshot older than the last chunk, so they are captured.
 * direct: everyone syncs at once.
 * reviving: the same, after contract and back, while documents are older than the new tables: nothing is taken from one that was not written.
 */
export type Mode = 'capture' | 'mixed' | 'direct' | 'reviving';

export const remember = (m: TableMapping, row: 'OLD' | 'NEW'): Sql => sql`
    INSERT INTO ${ident(m.journal)}.dirty (migration, mapping, key)
    VALUES (${m.migration}, ${m.id}, ${keyAsJson(m, (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`)});`;

export const keyChanged = (m: TableMapping): Sql =>
  differs(join(m.key.map((k) => sql`OLD.${ident(k.source)}`)), join(m.key.map((k) => sql`NEW.${ident(k.source)}`)));

export const notReadCommitted = sql`current_setting('transaction_isolation') <> 'read committed'`;
export const asReplica = sql`current_setting('session_replication_role') = 'replica'`;

/** Re-reads the row as it is stored now: another trigger may have written it since the event. */
export const thisRow = (m: TableMapping, row: 'OLD' | 'NEW'): Sql =>
  readSource(
    m,
    qualified(m.source),
    keyIs(m, sql`s`, 'source', (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`),
  );

export const quarantine = (m: TableMapping, row: 'OLD' | 'NEW'): Sql => sql`
    WITH t AS MATERIALIZED (${thisRow(m, row)})${quarantineMisfits(m)};`;

export const sourceRow = (m: TableMapping, row: 'OLD' | 'NEW'): Sql =>
  sql`SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`)}`;

/** With a foreign key the cascade has moved the rows already, except for writers in replica role. */
export const moveAll = (m: TableMapping): Sql =>
  join(
    m.targets.map((t) => moveOrDelete(m, t)),
    '',
  );

export const deleteOrphans = (m: TableMapping): Sql =>
  join(
    m.targets.map((t) => deleteOrphan(m, t)),
    '',
  );

export const deleteOrphan = (m: TableMapping, target: Target): Sql => sql`
    DELETE FROM ${qualified(target.table)} n
     WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`OLD.${ident(k.source)}`)}
       AND NOT EXISTS (SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`OLD.${ident(k.source)}`)})
       AND ${fires(m)};${fired(m)}`;

/** The row keeps what only it has; when its new key is taken already, the old one goes. */
const moveOrDelete = (m: TableMapping, target: Target): Sql => sql`
      UPDATE ${qualified(target.table)} n
         SET ${join(m.key.map((k) => sql`${ident(k.target)} = NEW.${ident(k.source)}`))}
       WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`OLD.${ident(k.source)}`)}
         AND NOT EXISTS (SELECT FROM ${qualified(target.table)} x WHERE ${keyIs(m, sql`x`, 'target', (k) => sql`NEW.${ident(k.source)}`)})
         AND ${fires(m)};${fired(m)}${deleteOrphan(m, target)}`;

/** Counts writes of the old column that are not ours, those of the application's triggers among them, without a lock anybody could wait for; as an expression, which costs less than a statement. */
export const countOldWrite = (m: TableMapping): Sql => sql`
  IF current_setting(${PATCHING}, true) IS DISTINCT FROM (pg_trigger_depth() - 1)::text AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on' AND nextval(${sqlName(ours(m, 'old_writes'))}) IS NULL THEN NULL;
  END IF;`;

const sqlName = ({ schema, name }: { schema: string; name: string }) =>
  `"${schema.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`;
