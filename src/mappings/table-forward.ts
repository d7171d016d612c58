import { ident, join, qualified, sql, type Sql } from '../sql/sql.ts';
import { differs } from './json-column.ts';
import { directBody, insertBody } from './table-direct.ts';
import { fired, fires, keyIs, ours, type TableMapping, type Target } from './table-mapping.ts';
import type { Routine } from './functions.ts';
import { DRAINING, TRUNCATED } from './table-reverse.ts';
import { asReplica, deleteOrphans, keyChanged, moveAll, notReadCommitted, remember, type Mode } from './table-rows.ts';

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
      : insertBody(m, beforehand, written);
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
