import { ownMark } from '../catalog/own-mark.ts';
import { ident, join, qualified, sql, type Sql } from '../sql/sql.ts';
import type { Routine } from './functions.ts';
import { differs } from './json-column.ts';
import {
  asColumn,
  docOf,
  fired,
  fires,
  insertInto,
  keyAsJson,
  keyIs,
  ours,
  quarantineMisfits,
  readSource,
  rest,
  type TableMapping,
  type Target,
  type TargetColumn,
} from './table-mapping.ts';

/** A normaliser on each side that undoes the other's work would go on for ever: here it stops, and parity names the row. */
const DEPTH_LIMIT = 16;

/** Set while a drain writes: what it brings is not the application's. */
export const DRAINING = 'lockkeeper.draining';

/** How deep a trigger of ours is that writes the source now: what the source's own triggers see one level below is its work, and not the application's. */
export const PATCHING = 'lockkeeper.patching';

/** Why a value of the new shape is in quarantine. */
export const UNSETTABLE = 'the document cannot hold the new value';

/** Names the statement that emptied the source or a leaf of it: with CASCADE it goes on to empty the targets, and nobody asked for that. */
export const TRUNCATED = 'lockkeeper.truncated';

/** A source row `o` and a target row `n`: what each column rule needs. */
const doc = (m: TableMapping) => docOf(m, sql`o`);
const value = (c: TargetColumn) => sql`n.${ident(c.name)}`;

/**
 * The document can take this column's value, and says something else now: compared in the new shape's terms, so that what does not
 * fit is left alone and writes come to rest. What the application itself wrote is also written down where the document has only
 * a default: old code reads the document, not the default.
 */
export const mustPatch = (
  m: TableMapping,
  c: TargetColumn,
  byApplication: Sql,
  at: { readonly doc: Sql; readonly value: Sql } = { doc: doc(m), value: value(c) },
): Sql =>
  sql`${c.rules.settable(at.doc)} AND (${differs(at.value, c.rules.forward(at.doc, rest(m, at.doc)))} OR ${byApplication} AND ${c.rules.defaultFilled(at.doc)} AND ${at.value} IS NOT NULL)`;

/** The document with every column put in that `when` names and that must be patched. One expression over the row itself: never a sibling table. */
export const patched = (
  m: TableMapping,
  target: Target,
  when: (column: number) => Sql,
  byApplication: Sql,
  base = doc(m),
): Sql =>
  target.columns.reduce(
    (inner, c, j) => c.rules.patch(inner, value(c), sql`${when(j)} AND ${mustPatch(m, c, byApplication)}`),
    base,
  );

/** Around a write of the source. Neither leaves a mark in FOUND; inside of another one, that goes on afterwards. */
const byUs = (write: Sql): Sql => sql`
    IF set_config(${PATCHING}, pg_trigger_depth()::text, true) IS NULL THEN NULL; END IF;${write}
    IF set_config(${PATCHING}, ${patching}, true) IS NULL THEN NULL; END IF;`;

const patching = ident('patching');
const declarePatching = sql`
  ${patching} text := coalesce(current_setting(${PATCHING}, true), '');`;

const flag = (j: number) => ident(`changed_${j}`);
const byApplication = ident('by_application');
const [document, differing] = [ident('document'), ident('differing')];
const oldKey = (k: { target: string }) => sql`OLD.${ident(k.target)}`;
const newKey = (k: { target: string }) => sql`NEW.${ident(k.target)}`;

/** AFTER INSERT OR UPDATE OR DELETE on a target. */
export function reverseRoutine(m: TableMapping, index: number, target: Target, reviving: boolean): Routine {
  const keyChanged = differs(join(m.key.map(oldKey)), join(m.key.map(newKey)));
  const flags = target.columns.map((_, j) => flag(j));
  const all = join(
    flags.map(
      (f) => sql`
    ${f} := true;`,
    ),
    '',
  );
  return {
    name: ours(m, `reverse_${index}`),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
DECLARE${join(
      flags.map(
        (f) => sql`
  ${f} boolean;`,
      ),
      '',
    )}
  ${document} jsonb;
  ${differing} boolean;${declarePatching}
  ${byApplication} boolean := pg_trigger_depth() = 1 AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on';
BEGIN
  IF pg_trigger_depth() > ${DEPTH_LIMIT} THEN
    RETURN NULL;
  END IF;${reviving ? lockSource(m) : sql``}
  -- A drain deletes rows whose source is gone; a source row that is there by now is new, and keeps its document.
  IF TG_OP = 'DELETE' AND current_setting(${DRAINING}, true) = 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND ${keyChanged}${m.foreignKeys ? sql`` : sql` AND pg_trigger_depth() = 1`} THEN${leaveOldKey(m, target)}${all}
  ELSIF TG_OP = 'UPDATE'${reviving ? sql` AND NOT ${keyChanged}` : sql``} THEN${join(
    target.columns.map(
      (c, j) => sql`
    ${flag(j)} := ${differs(sql`OLD.${ident(c.name)}`, sql`NEW.${ident(c.name)}`)};`,
    ),
    '',
  )}
    IF NOT (${join(flags, ' OR ')}) THEN
      RETURN NULL;
    END IF;
  ELSE${all}
  END IF;${look(m, target)}
  IF ${differing} THEN${patchDocument(m, target)}
    ${differing} := NOT FOUND;
  END IF;
  -- Where the document was not patched after all, somebody else has written it meanwhile.
  IF ${byApplication} THEN
    IF ${differing} OR ${unsettable(target)} THEN${keepUnsettable(m, target)}
    END IF;
  END IF;
  RETURN NULL;
END `,
  };
}

/**
 * Reviving reads a new row and writes the document with its source row locked: whoever writes that new row meanwhile waits, even
 * where the older document says the same already.
 */
function lockSource(m: TableMapping): Sql {
  const lock = (key: (k: { target: string }) => Sql) =>
    sql`PERFORM FROM ${qualified(m.source)} o WHERE ${keyIs(m, sql`o`, 'source', key)} FOR NO KEY UPDATE;`;
  return sql`
  IF TG_OP <> 'INSERT' THEN
    ${lock(oldKey)}
  END IF;
  IF TG_OP <> 'DELETE' THEN
    ${lock(newKey)}
  END IF;`;
}

/** The row is gone from its key: a source row that is still there loses its values, and gets a row of its own again. */
const leaveOldKey = (m: TableMapping, target: Target): Sql => sql`${byUs(sql`
    UPDATE ${ownMark} ${qualified(m.source)} AS o
       SET ${ident(m.column.name)} = ${asColumn(m, stripped(m, target))}
     WHERE ${keyIs(m, sql`o`, 'source', oldKey)}
       AND ${differs(doc(m), stripped(m, target))}
       AND NOT EXISTS (SELECT FROM ${qualified(target.table)} n WHERE ${keyIs(m, sql`n`, 'target', oldKey)})
       AND ${fires(m)};${fired(m)}`)}
    IF TG_OP = 'DELETE' THEN
      RETURN NULL;
    END IF;
    -- The source row has moved and this one follows: nobody wrote a value.
    ${byApplication} := ${byApplication} AND EXISTS (SELECT FROM ${qualified(m.source)} o WHERE ${keyIs(m, sql`o`, 'source', oldKey)});${recreate(m, target)}`;

/**
 * Most writes that come here came from the document, which says the same: that is seen by small expressions, and the large statement
 * is left alone. Like its own condition, this sees what was committed, and waits for nobody.
 */
const look = (m: TableMapping, target: Target): Sql => sql`
  SELECT ${ownMark} ${doc(m)} INTO ${document} FROM ${qualified(m.source)} AS o WHERE ${keyIs(m, sql`o`, 'source', newKey)};
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;${join(
    target.columns.map(
      (c, j) => sql`
  IF ${flag(j)} THEN
    ${differing} := ${differing} IS TRUE OR ${mustPatch(m, c, byApplication, { doc: document, value: sql`NEW.${ident(c.name)}` })};
  END IF;`,
    ),
    '',
  )}`;

const unsettable = (target: Target): Sql =>
  join(
    target.columns.map((c, j) => sql`${flag(j)} AND NOT (${c.rules.settable(document)})`),
    ' OR ',
  );

const patchDocument = (m: TableMapping, target: Target): Sql =>
  byUs(sql`
  UPDATE ${ownMark} ${qualified(m.source)} AS o
     SET ${ident(m.column.name)} = ${asColumn(m, patched(m, target, flag, byApplication))}
    FROM ${qualified(target.table)} AS n
   WHERE ${keyIs(m, sql`n`, 'target', newKey)}
     AND ${keyIs(m, sql`o`, 'source', (k) => sql`n.${ident(k.target)}`)}
     AND (${join(
       target.columns.map((c, j) => sql`${flag(j)} AND ${mustPatch(m, c, byApplication)}`),
       ' OR ',
     )}) AND ${fires(m)}
  RETURNING ${doc(m)} INTO ${document};${fired(m)}`);

/** The document without anything that this target holds. */
export const stripped = (m: TableMapping, target: Target, base = doc(m)): Sql =>
  target.columns.reduce((inner, c) => c.rules.strip(inner), base);

/** The source row is still there, so the target row must be: as the stripped document says. */
const recreate = (m: TableMapping, target: Target): Sql => sql`
    WITH t AS MATERIALIZED (${readSource(
      m,
      qualified(m.source),
      keyIs(m, sql`s`, 'source', oldKey),
    )})${insertInto(m, target, sql`DO NOTHING`)};${fired(m)}`;

/** What the new shape says and the document cannot hold stays in the new shape, and is put before a person. */
const keepUnsettable = (m: TableMapping, target: Target): Sql =>
  sql`${quarantineMisfits(
    m,
    sql`${unsettableRows(m, target, (j) => sql`${flag(j)} AND `)} AND ${keyIs(m, sql`n`, 'target', newKey)}`,
  )};`;

/** Values of a target that the document cannot hold and does not say, with the document: among the columns that `only` names. */
const unsettableRows = (m: TableMapping, target: Target, only: (column: number) => Sql = () => sql``): Sql => sql`
  SELECT ${keyAsJson(m, (k) => sql`n.${ident(k.target)}`)} AS key, ${target.table.name} AS target, v.column_name, ${UNSETTABLE} AS reason, ${doc(m)} AS original
    FROM ${qualified(target.table)} AS n
    JOIN ${qualified(m.source)} AS o ON ${keyIs(m, sql`o`, 'source', (k) => sql`n.${ident(k.target)}`)}
   CROSS JOIN LATERAL (VALUES ${join(target.columns.map((c, j) => sql`(${c.name}, ${only(j)}NOT (${c.rules.settable(doc(m))}) AND ${differs(value(c), c.rules.forward(doc(m), rest(m, doc(m))))})`))}) AS v (column_name, lost)
   WHERE v.lost`;

/** The same of every target, whoever wrote them. */
export const allUnsettable = (m: TableMapping): Sql =>
  join(
    m.targets.map((target) => unsettableRows(m, target)),
    ' UNION ALL ',
  );

/** AFTER DELETE on a target, at commit: while the source row lives, its row in the target does too. New code may delete and insert again before. */
export function recreateRoutine(m: TableMapping, index: number, target: Target): Routine {
  return {
    name: ours(m, `recreate_${index}`),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
BEGIN${recreate(m, target)}
  RETURN NULL;
END `,
  };
}

/** AFTER TRUNCATE on a target: a table-wide update of the source, as the plan says; but rows whose source is still there come back as they were when a leaf took them along. */
export function truncateTargetRoutine(m: TableMapping, index: number, target: Target): Routine {
  return {
    name: ours(m, `truncate_${index}`),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
DECLARE${declarePatching}
BEGIN
  IF current_setting(${TRUNCATED}, true) IS DISTINCT FROM statement_timestamp()::text THEN${byUs(sql`
    UPDATE ${ownMark} ${qualified(m.source)} AS o
       SET ${ident(m.column.name)} = ${asColumn(m, stripped(m, target))}
     WHERE ${differs(doc(m), stripped(m, target))} AND ${fires(m)};${fired(m)}`)}
  END IF;
  WITH t AS MATERIALIZED (${readSource(m, qualified(m.source), sql`true`)})${insertInto(m, target, sql`DO NOTHING`)};${fired(m)}
  RETURN NULL;
END `,
  };
}
