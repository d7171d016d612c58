import { ownMark } from '../catalog/own-mark.ts';
import { ident, inline, join, qualified, raw, sql, type Sql } from '../sql/sql.ts';
import { differs } from './json-column.ts';
import {
  addOrUpdate,
  bringUpToDate,
  docOf,
  fired,
  fires,
  keyIs,
  rest,
  suspicions,
  type KeyColumn,
  type TableMapping,
  type Target,
  type TargetColumn,
} from './table-mapping.ts';
import {
  asReplica,
  countOldWrite,
  deleteOrphan,
  keyChanged,
  moveAll,
  notReadCommitted,
  quarantine,
  remember,
  sourceRow,
  thisRow,
  type Mode,
} from './table-rows.ts';

const changedAt = (target: number, column: number): Sql => ident(`changed_${target}_${column}`);
const fresh = (target: number): Sql => ident(`fresh_${target}`);
const freshValue = (target: number, c: TargetColumn): Sql => sql`${fresh(target)}.${ident(c.name)}`;
const [document, suspicious, unseen] = [ident('document'), ident('suspicious'), ident('unseen')];

/**
 * What every write of a row goes through is made of small expressions that are only looked at where something has changed: preparing
 * a large statement costs more than running it.
 */
export function directBody(m: TableMapping, mode: Exclude<Mode, 'capture'>, beforehand: Sql): Sql {
  const [before, after] = [docOf(m, sql`OLD`), docOf(m, sql`NEW`)];
  const changes = findChanges(m, before, after);
  const variables = [
    ...changes.flags.map((flag) => sql`${flag} boolean`),
    ...values(m),
    sql`${suspicious} boolean`,
    sql`${unseen} boolean`,
  ];
  return sql`
DECLARE ${declared(variables)}
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
  END IF;${countOldWrite(m)}${changes.find}
  ${suspicious} := ${join(
    suspicions(m, after).flatMap(({ at, is }) => (at ? [] : [is])),
    ' OR ',
  )};${lines(m.targets.map((t, i) => updateChanged(m, t, i, after)))}
  IF ${suspicious} THEN${quarantine(m, 'NEW')}
  END IF;
  RETURN NULL;
END `;
}

/**
 * Sets the flag of every column that this write may have changed; of others it stays NULL. What the new side kept because there was no
 * place for it is no longer out of reach once there is: from then on the document says what holds.
 */
function findChanges(m: TableMapping, before: Sql, after: Sql): { readonly flags: readonly Sql[]; readonly find: Sql } {
  const columns = m.targets.flatMap((t, i) =>
    t.columns.map(({ rules }, j) => ({
      rules,
      flag: changedAt(i, j),
      parent: inline(rules.settable(before)),
      look: rules.mayChange ? inline(rules.mayChange(before, after)) : '',
    })),
  );
  const parents = [...new Set(columns.map(({ parent }) => parent))];
  const became = (parent: string) => ident(`became_settable_${parents.indexOf(parent)}`);
  const find = (look: string) => {
    const some = columns.filter((c) => c.look === look);
    const theirs = new Map(some.map(({ parent, rules }) => [parent, rules]));
    return lines([
      ...[...theirs].map(
        ([parent, rules]) => sql`
  ${became(parent)} := NOT (${raw(parent)}) AND ${rules.settable(after)};`,
      ),
      ...some.map(
        ({ rules, flag, parent }) => sql`
  ${flag} := ${rules.changed(before, after, rest(m, before), rest(m, after))} OR ${became(parent)};`,
      ),
    ]);
  };
  const looks = [...new Set(columns.map(({ look }) => look))];
  return {
    flags: [...columns.map(({ flag }) => flag), ...parents.map(became)],
    find: lines(
      looks.map((look) =>
        look
          ? sql`
  IF ${raw(look)} THEN${find(look)}
  END IF;`
          : find(look),
      ),
    ),
  };
}

/** What the document says, and what each new row is to hold of it. */
const values = (m: TableMapping): readonly Sql[] => [
  ...m.targets.map((t, i) => sql`${fresh(i)} ${qualified(t.table)}%ROWTYPE`),
  sql`${document} jsonb`,
];

const declared = (variables: readonly Sql[]): Sql =>
  lines(
    variables.map(
      (v) => sql`
  ${v};`,
    ),
  );

/** Reads the row as it is stored now: another trigger may have written it since the event. */
const readDocument = (m: TableMapping): Sql => sql`
    SELECT ${ownMark} ${docOf(m, sql`s`)} INTO ${document}
      FROM ${qualified(m.source)} AS s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`NEW.${ident(k.source)}`)};`;

const lines = (list: readonly Sql[]): Sql => join(list, '');

/** A foreign key has deleted the rows already, or will move them: to us a row that goes to another partition is deleted here and inserted there. */
const deleteWhatNoCascadeDeletes = (m: TableMapping): Sql => sql`
    IF ${asReplica} THEN${deleteAll(m)}
    END IF;`;

/** A snapshot older than a copy sees nothing to delete there: the drain will. (A foreign key would have raised 40001.) */
const deleteAll = (m: TableMapping): Sql =>
  lines(
    m.targets.map(
      (target) => sql`${deleteOrphan(m, target)}
    IF NOT FOUND AND ${notReadCommitted} THEN${remember(m, 'OLD')}
    END IF;`,
    ),
  );

/** A snapshot older than a copy does not see it at the old key, where it stays: the drain will find it. (A foreign key would have raised 40001.) */
const moveAndBringUpToDate = (m: TableMapping): Sql => {
  const isUnseen = join(
    m.targets.map(
      (t) =>
        sql`NOT EXISTS (SELECT FROM ${qualified(t.table)} n WHERE ${keyIs(m, sql`n`, 'target', (k) => sql`OLD.${ident(k.source)}`)})`,
    ),
    ' OR ',
  );
  return sql`
    ${unseen} := ${notReadCommitted}${m.foreignKeys ? sql` AND ${asReplica}` : sql``} AND (${isUnseen});${
      m.foreignKeys
        ? moveAll(m)
        : sql`
    IF EXISTS (${sourceRow(m, 'OLD')}) THEN${bringUpToDate(m, thisRow(m, 'OLD'))}
    ELSE${moveAll(m)}
    END IF;`
    }${bringUpToDate(m, thisRow(m, 'NEW'))}${quarantine(m, 'NEW')}
    IF ${unseen} THEN${remember(m, 'OLD')}
    END IF;`;
};

/**
 * Columns that this write did not change stay as they are: the new shape may hold there what the document cannot. Values are computed
 * as expressions of PL/pgSQL, which are never planned for the value at hand: a cast that must not be reached would be folded, and raise.
 */
function updateChanged(m: TableMapping, target: Target, i: number, after: Sql): Sql {
  const flags = target.columns.map((_, j) => changedAt(i, j));
  const value = (c: TargetColumn) => freshValue(i, c);
  const current = (c: TargetColumn) => sql`n.${ident(c.name)}`;
  const written = (c: TargetColumn, j: number) =>
    sql`CASE WHEN ${changedAt(i, j)} THEN ${value(c)} ELSE ${current(c)} END`;
  const suspect = ({ rules }: TargetColumn) =>
    rules.canMisfit
      ? sql`
        ${suspicious} := ${suspicious} IS TRUE OR ${rules.suspicious(after)};`
      : sql``;
  const isDifferent = differs(join(target.columns.map(current)), join(target.columns.map(written)));
  const newKey = keyIs(m, sql`n`, 'target', (k) => sql`NEW.${ident(k.source)}`);
  return sql`
  IF ${join(flags, ' OR ')} THEN${readDocument(m)}
    IF FOUND THEN${lines(
      target.columns.map(
        (c, j) => sql`
      IF ${changedAt(i, j)} THEN
        ${value(c)} := ${c.rules.forward(document, rest(m, document))};${suspect(c)}
      END IF;`,
      ),
    )}
      UPDATE ${qualified(target.table)} AS n SET ${join(target.columns.map((c, j) => sql`${ident(c.name)} = ${written(c, j)}`))}
       WHERE ${newKey} AND ${isDifferent} AND ${fires(m)};${fired(m)}
    END IF;
    IF NOT FOUND THEN
      IF ${notReadCommitted} AND NOT EXISTS (SELECT FROM ${qualified(target.table)} n WHERE ${newKey}) THEN${remember(m, 'NEW')}
      END IF;
    END IF;
  END IF;`;
}

/** A row that is new adds its rows; one that is there already, because new code wrote it, takes what the document says. */
export function insertBody(m: TableMapping, beforehand: Sql, isWritten: Sql): Sql {
  const newKey = (k: KeyColumn) => sql`NEW.${ident(k.source)}`;
  const added = m.targets.map((target, i) => {
    const columns = [...m.key.map((k) => ident(k.target)), ...target.columns.map((c) => ident(c.name))];
    const given = [...m.key.map(newKey), ...target.columns.map((c) => freshValue(i, c))];
    return sql`${lines(
      target.columns.map(
        (c) => sql`
  ${freshValue(i, c)} := ${c.rules.forward(document, rest(m, document))};`,
      ),
    )}
  INSERT INTO ${qualified(target.table)} (${join(columns)})
  SELECT ${join(given)} WHERE ${fires(m)}
  ON CONFLICT (${join(m.key.map((k) => ident(k.target)))}) DO NOTHING;${fired(m)}
  IF NOT FOUND THEN${addOrUpdate(m, target, thisRow(m, 'NEW'), newKey)}
  END IF;`;
  });
  return sql`
DECLARE ${declared(values(m))}
BEGIN${beforehand}
  IF ${isWritten} THEN${countOldWrite(m)}
  END IF;${readDocument(m)}
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;${lines(added)}
  IF (${join(
    suspicions(m, docOf(m, sql`NEW`)).map(({ is }) => is),
    ' OR ',
  )}) THEN${quarantine(m, 'NEW')}
  END IF;
  RETURN NULL;
END `;
}
