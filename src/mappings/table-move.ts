import { ident, join, qualified, sql, type Sql } from '../sql/sql.ts';
import type { Routine } from './functions.ts';
import { moveAll, notReadCommitted, type Mode } from './table-rows.ts';
import { asColumn, keyIs, ours, type TableMapping } from './table-mapping.ts';
import { patched } from './table-reverse.ts';

/**
 * BEFORE UPDATE of a key on a partitioned source. A row that goes to another partition is a DELETE and an INSERT to every other trigger
 * of ours: nobody could say any more which row of the new tables was its own. So that row moves now, unless a foreign key will
 * move it; and a document that is older than the new tables takes along what they say.
 */
export function moveRoutine(m: TableMapping, mode: Mode): Routine {
  const move = m.foreignKeys || mode === 'capture' ? sql`` : moveAll(m);
  return {
    name: ours(m, 'move'),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
DECLARE
  document ${{ parts: [{ text: m.column.type }] }};
BEGIN${mode === 'reviving' ? takeAlong(m) : sql``}${
      mode === 'mixed'
        ? sql`
  IF NOT (${notReadCommitted}) THEN${move}
  END IF;`
        : move
    }
  RETURN NEW;
END `,
  };
}

function takeAlong(m: TableMapping): Sql {
  const column = ident(m.column.name);
  const each = m.targets.map(
    (target) => sql`
  WITH o AS MATERIALIZED (SELECT NEW.${column} AS ${column})
  SELECT ${asColumn(
    m,
    patched(m, target, () => sql`true`, sql`false`),
  )} INTO document
    FROM o CROSS JOIN ${qualified(target.table)} AS n WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`OLD.${ident(k.source)}`)};
  IF FOUND THEN
    NEW.${column} := document;
  END IF;`,
  );
  return join(each, '');
}
