import { ident, join, qualified, sql, type Sql } from '../sql/sql.ts';
import { differs } from './json-column.ts';
import {
  addOrUpdate,
  bringUpToDate,
  docOf,
  fired,
  fires,
  keyAsJson,
  keyIs,
  isSuspicious,
  ours,
  quarantineMisfits,
  readSource,
  rest,
  updateFrom,
  type TableMapping,
  type Target,
} from './table-mapping.ts';
import type { Routine } from './functions.ts';
import { DRAINING, TRUNCATED } from './table-reverse.ts';

/**
 * capture: remember which rows were written, touch nothing else.
 * mixed: READ COMMITTED writers sync at once; others may hold a snapshot older than the last chunk, so they are captured.
 * direct: everyone syncs at once.
 * reviving: the same, after contract and back, while documents are older than the new tables: nothing is taken from one that was not written.
 */
export type Mode = 'capture' | 'mixed' | 'direct' | 'reviving';

const remember = (m: TableMapping, row: 'OLD' | 'NEW'): Sql => sql`
    INSERT INTO ${ident(m.journal)}.dirty (migration, mapping, key)
    VALUES (${m.migration}, ${m.id}, ${keyAsJson(m, (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`)});`;

export const keyChanged = (m: TableMapping): Sql =>
  differs(join(m.key.map((k) => sql`OLD.${ident(k.source)}`)), join(m.key.map((k) => sql`NEW.${ident(k.source)}`)));

export const notReadCommitted = sql`current_setting('transaction_isolation') <> 'read committed'`;
const asReplica = sql`current_setting('session_replication_role') = 'replica'`;

/** Re-reads the row as it is stored now: another trigger may have written it since the event. */
const thisRow = (m: TableMapping, row: 'OLD' | 'NEW'): Sql =>
  readSource(
    m,
    qualified(m.source),
    keyIs(m, sql`s`, 'source', (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`),
  );

const quarantine = (m: TableMapping, row: 'OLD' | 'NEW'): Sql => sql`
    WITH t AS MATERIALIZED (${thisRow(m, row)})${quarantineMisfits(m)};`;

/** AFTER UPDATE OR DELETE on the source. */
export function forwardRoutine(m: TableMapping, mode: Mode): Routine {
  const capture = sql`${remember(m, 'OLD')}
    IF TG_OP = 'UPDATE' AND ${keyChanged(m)} THEN ${remember(m, 'NEW')}
    END IF;${m.foreignKeys ? cascade(m) : sql``}
    RETURN NULL;`;
  const body =
    mode === 'capture'
      ? sql`
BEGIN${capture}
END `
      : directBody(
          m,
          mode,
          {
            mixed: sql`
  IF ${notReadCommitted} THEN${capture}
  END IF;`,
            // The row has moved to another page, where its document may not be brought up to date again.
            reviving: sql`
  IF TG_OP = 'UPDATE' AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on' THEN${remember(m, 'NEW')}
  END IF;`,
            direct: sql``,
          }[mode],
        );
  return { name: ours(m, 'forward'), parameters: sql``, returns: 'trigger', body };
}

/**
 * What the foreign key does for everybody but writers in replica role: an old copy left at a key would fail the first row whose
 * key is changed to it.
 */
const cascade = (m: TableMapping): Sql => sql`
    IF ${asReplica} THEN
      IF TG_OP = 'DELETE' THEN${deleteOrphans(m)}
      ELSIF ${keyChanged(m)} THEN${moveAll(m)}
      END IF;
    END IF;`;

function directBody(m: TableMapping, mode: Exclude<Mode, 'capture'>, beforehand: Sql): Sql {
  const flags = m.targets.flatMap((t, i) => t.columns.map((_, j) => ident(`changed_${i}_${j}`)));
  return sql`
DECLARE ${join(
    flags.map(
      (f) => sql`
  ${f} boolean;`,
    ),
    '',
  )}
BEGIN${beforehand}
  IF TG_OP = 'DELETE' THEN${m.foreignKeys ? deleteWhatNoCascadeDeletes(m) : deleteAll(m)}
    -- Deleted and inserted again in one statement: the new row needs its rows before the triggers of the cascade look for them.
    IF EXISTS (${sourceRow(m, 'OLD')}) THEN${bringUpToDate(m, thisRow(m, 'OLD'))}
    END IF;
    RETURN NULL;
  END IF;
  IF ${keyChanged(m)} THEN${mode === 'reviving' ? moveAll(m) : moveAndBringUpToDate(m)}
    RETURN NULL;
  END IF;
  IF NOT ${differs(sql`OLD.${ident(m.column.name)}`, sql`NEW.${ident(m.column.name)}`)} THEN
    RETURN NULL;
  END IF;${countOldWrite(m)}${join(
    m.targets.flatMap((t, i) =>
      t.columns.map(
        (c, j) => sql`
  ${ident(`changed_${i}_${j}`)} := ${c.rules.changed(docOf(m, sql`OLD`), docOf(m, sql`NEW`), rest(m, docOf(m, sql`OLD`)), rest(m, docOf(m, sql`NEW`)))};`,
      ),
    ),
    '',
  )}${join(
    m.targets.map((t, i) => updateChanged(m, t, i)),
    '',
  )}
  IF (${isSuspicious(m, docOf(m, sql`NEW`), (i, j) => ident(`changed_${i}_${j}`))}) THEN${quarantine(m, 'NEW')}
  END IF;
  RETURN NULL;
END `;
}

/** A foreign key has deleted the rows already, or will move them: to us a row that goes to another partition is deleted here and inserted there. */
const deleteWhatNoCascadeDeletes = (m: TableMapping): Sql => sql`
    IF ${asReplica} THEN${deleteAll(m)}
    END IF;`;

const deleteAll = (m: TableMapping): Sql => sql`${deleteOrphans(m)}
    -- A snapshot older than the row's copy sees nothing to delete: the drain will. (A foreign key would have raised 40001.)
    IF NOT FOUND AND ${notReadCommitted} THEN${remember(m, 'OLD')}
    END IF;`;

const moveAndBringUpToDate = (m: TableMapping): Sql =>
  sql`${
    m.foreignKeys
      ? moveAll(m)
      : sql`
    IF EXISTS (${sourceRow(m, 'OLD')}) THEN${bringUpToDate(m, thisRow(m, 'OLD'))}
    ELSE${moveAll(m)}
    END IF;`
  }${bringUpToDate(m, thisRow(m, 'NEW'))}${quarantine(m, 'NEW')}
    IF ${notReadCommitted}${m.foreignKeys ? sql` AND ${asReplica}` : sql``} THEN${remember(m, 'OLD')}${remember(m, 'NEW')}
    END IF;`;

const sourceRow = (m: TableMapping, row: 'OLD' | 'NEW'): Sql =>
  sql`SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`${ident(row.toLowerCase())}.${ident(k.source)}`)}`;

/** With a foreign key the cascade has moved the rows already, except for writers in replica role. */
export const moveAll = (m: TableMapping): Sql =>
  join(
    m.targets.map((t) => moveOrDelete(m, t)),
    '',
  );

const deleteOrphans = (m: TableMapping): Sql =>
  join(
    m.targets.map((t) => deleteOrphan(m, t)),
    '',
  );

const deleteOrphan = (m: TableMapping, target: Target): Sql => sql`
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

/** Columns that this write did not change stay as they are: the new shape may hold there what the document cannot. */
function updateChanged(m: TableMapping, target: Target, i: number): Sql {
  const flag = (j: number) => ident(`changed_${i}_${j}`);
  return sql`
  IF ${join(
    target.columns.map((_, j) => flag(j)),
    ' OR ',
  )} THEN${updateFrom(m, target, thisRow(m, 'NEW'), flag)}
    IF NOT FOUND AND ${notReadCommitted}
       AND NOT EXISTS (SELECT FROM ${qualified(target.table)} n WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`NEW.${ident(k.source)}`)}) THEN${remember(m, 'NEW')}
    END IF;
  END IF;`;
}

/** Counts writes of the old column that the application made itself, without a lock anybody could wait for. */
const countOldWrite = (m: TableMapping): Sql => sql`
  IF pg_trigger_depth() = 1 AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on' THEN
    PERFORM nextval(${sqlName(ours(m, 'old_writes'))});
  END IF;`;

const sqlName = ({ schema, name }: { schema: string; name: string }) =>
  `"${schema.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`;

/**
 * AFTER INSERT on the source, at commit: adds the new rows if nobody did.
 * New code inserts into the new tables itself, with plain INSERTs that must not meet ours.
 */
export function insertRoutine(m: TableMapping, mode: Mode): Routine {
  const beforehand =
    mode === 'mixed'
      ? sql`
  IF ${notReadCommitted} THEN${remember(m, 'NEW')}
    RETURN NULL;
  END IF;`
      : sql``;
  const written =
    m.column.default === null
      ? sql`NEW.${ident(m.column.name)} IS NOT NULL`
      : differs(
          sql`NEW.${ident(m.column.name)}`,
          sql`(${{ parts: [{ text: m.column.default }] }})::${ident('pg_catalog')}.${ident(m.column.type)}`,
        );
  const body =
    mode === 'capture'
      ? sql`
BEGIN${remember(m, 'NEW')}
  RETURN NULL;
END `
      : sql`
BEGIN${beforehand}
  IF ${written} THEN${countOldWrite(m)}
  END IF;${addOrUpdate(m, thisRow(m, 'NEW'), (k) => sql`NEW.${ident(k.source)}`)}
  IF (${isSuspicious(m, docOf(m, sql`NEW`), () => sql`true`)}) THEN${quarantine(m, 'NEW')}
  END IF;
  RETURN NULL;
END `;
  return { name: ours(m, 'insert'), parameters: sql``, returns: 'trigger', body };
}

/** AFTER TRUNCATE on the source or one of its leaves: takes the rows whose source is gone, by DELETE, which waits for no reader. */
export function truncateRoutine(m: TableMapping, mode: Mode): Routine {
  const orphans = (target: Target) => sql`
  DELETE FROM ${qualified(target.table)} n
   WHERE NOT EXISTS (SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`n.${ident(k.target)}`)})
     AND ${fires(m)};${fired(m)}`;
  return {
    name: ours(m, 'truncate'),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
BEGIN${
      mode === 'capture'
        ? sql``
        : sql`
  PERFORM set_config(${TRUNCATED}, statement_timestamp()::text, true);${join(m.targets.map(orphans), '')}`
    }
  INSERT INTO ${ident(m.journal)}.dirty (migration, mapping, key) VALUES (${m.migration}, ${m.id}, NULL);
  RETURN NULL;
END `,
  };
}
