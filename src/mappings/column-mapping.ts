import { substituteColumns } from '../sql/expressions.ts';
import { derivedName } from '../sql/names.ts';
import { ident, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { Lock, SqlStep } from '../steps/step.ts';
import {
  countWrites,
  createRoutine,
  createRoutines,
  createTrigger,
  dropRoutine,
  dropTrigger,
  installed,
  lastTriggerName,
  statements,
  type Routine,
  type RowTrigger,
} from './functions.ts';
import { differs } from './json-column.ts';

type Side = Pick<ColumnMapping['from'], 'name' | 'type'>;

/** Two columns of one row that say the same: an old one and the one that takes its place. */
export interface ColumnMapping {
  readonly id: string;
  readonly migration: string;
  readonly journal: string;
  readonly base: string;
  readonly table: RelationName;
  /** Key columns, for naming rows in quarantine; may be empty. */
  readonly key: readonly string[];
  readonly from: { readonly name: string; readonly type: string; readonly default: string | null };
  /** Required: NOT NULL in the end, as the old one is. */
  readonly to: { readonly name: string; readonly type: string; readonly required: boolean };
  /** SQL over the old column, and over the new one; null when both columns have one type and the value is the same. */
  readonly up: string | null;
  readonly down: string | null;
  /** Schemas in which triggers of the application that our writes fire look for their own tables. */
  readonly lookIn: readonly string[];
  /** Stands for the leaf a chunk reads. */
  readonly leaf: RelationName;
}

/** While this setting names the mapping, its trigger stands aside: the statement writes both columns itself. */
export const GUARD = 'lockkeeper.filling';
export const guardValue = (m: ColumnMapping): string => `${m.migration}/${m.id}`;

export const named = (m: ColumnMapping, suffix: string): RelationName => ({
  schema: m.journal,
  name: derivedName(m.base, suffix),
});

/** The value that raises becomes NULL: the application's statement must not fail because of us. */
const converter = (m: ColumnMapping, suffix: string, expression: string, from: Side, to: Side): Routine => ({
  name: named(m, suffix),
  parameters: sql`value ${raw(from.type)}`,
  returns: to.type,
  computes: true,
  pinned: `${expression} ${from.type} ${to.type}`,
  body: sql`
BEGIN
  RETURN ${raw(converted(expression, suffix, to))};
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END `,
});

/**
 * Whether a value raises: asked in the words of the conversion itself, as an expression of PL/pgSQL, which is never planned for the value
 * at hand. Of a statement, a cast that the expression guards would be folded, and raise.
 */
const failing = (m: ColumnMapping, suffix: string, expression: string, from: Side, to: Side): Routine => ({
  name: named(m, suffix),
  parameters: sql`value ${raw(from.type)}`,
  returns: 'boolean',
  computes: true,
  pinned: `${expression} ${from.type} ${to.type}`,
  body: sql`
DECLARE
  looked boolean;
BEGIN
  looked := ${raw(converted(expression, suffix, to))} IS NULL;
  RETURN false;
EXCEPTION WHEN OTHERS THEN
  RETURN true;
END `,
});

const converted = (expression: string, suffix: string, to: Side) =>
  `(${substituteColumns(expression, suffix, () => '(value)')})::${to.type}`;

/** What a quarantine keeps of a value. jsonb takes neither all that json does nor the longest texts: of those, as text, the beginning. */
const original = (m: ColumnMapping, suffix: string, { type }: Side): Routine => ({
  name: named(m, suffix),
  parameters: sql`value ${raw(type)}`,
  returns: 'jsonb',
  computes: true,
  pinned: type,
  body: sql`
BEGIN
  RETURN to_jsonb(value);
EXCEPTION WHEN OTHERS THEN
  RETURN to_jsonb(left(value::text, 1000000));
END `,
});

const converters = (m: ColumnMapping): readonly Routine[] =>
  (['up', 'down'] as const).flatMap((direction) => {
    const expression = m[direction];
    const [from, to] = direction === 'up' ? [m.from, m.to] : [m.to, m.from];
    return expression === null
      ? []
      : [
          converter(m, direction, expression, from, to),
          failing(m, `${direction}_fails`, expression, from, to),
          original(m, `${direction}_original`, from),
        ];
  });

const call = (m: ColumnMapping, suffix: string, value: Sql): Sql => sql`${qualified(named(m, suffix))}(${value})`;
export const up = (m: ColumnMapping, value: Sql): Sql => (m.up === null ? value : call(m, 'up', value));
export const down = (m: ColumnMapping, value: Sql): Sql => (m.down === null ? value : call(m, 'down', value));
export const upFails = (m: ColumnMapping, value: Sql): Sql => (m.up === null ? sql`false` : call(m, 'up_fails', value));
export const downFails = (m: ColumnMapping, value: Sql): Sql =>
  m.down === null ? sql`false` : call(m, 'down_fails', value);

export const kept = (m: ColumnMapping, direction: 'up' | 'down', value: Sql): Sql =>
  m[direction] === null ? sql`to_jsonb(${value})` : call(m, `${direction}_original`, value);

export const column = (alias: string, name: string): Sql => sql`${raw(alias)}.${ident(name)}`;

/**
 * Either side explains the other: lossy conversions may round on the way up or on the way down. NULL explains no value that does not
 * convert back.
 */
export const agrees = (m: ColumnMapping, from: Sql, to: Sql): Sql =>
  sql`(NOT ${differs(to, up(m, from))} OR NOT ${differs(from, down(m, to))}${m.down === null ? sql`` : sql` AND NOT (${from} IS NULL AND ${to} IS NOT NULL AND ${downFails(m, to)})`})`;

/** The key of a row; NULL in a table without one. */
export const keyAsJson = (m: ColumnMapping, row: string): Sql =>
  m.key.length ? sql`jsonb_build_array(${join(m.key.map((k) => column(row, k)))})` : sql`NULL::jsonb`;

export const misfitReason = (m: ColumnMapping, direction: 'up' | 'down'): string =>
  direction === 'up' ? `does not convert to ${m.to.type}` : `does not convert back to ${m.from.type}`;

const insertQuarantined = (m: ColumnMapping, rows: Sql): Sql => sql`
      INSERT INTO ${ident(m.journal)}.quarantine (migration, mapping, key, target, column_name, reason, original)
      SELECT ${m.migration}, ${m.id}, q.key, ${m.table.name}, ${m.to.name}, q.reason, q.original FROM (${rows}) AS q`;

/** Remembers rows `key, reason, original` that are not open, or accepted, already. */
export const quarantineRows = (m: ColumnMapping, rows: Sql): Sql => sql`${insertQuarantined(m, rows)}
       WHERE NOT EXISTS (SELECT FROM ${ident(m.journal)}.quarantine o
                          WHERE o.migration = ${m.migration} AND o.mapping = ${m.id} AND ${m.key.length ? sql`o.key = q.key` : sql`o.key IS NULL`}
                            AND o.reason = q.reason AND o.state <> 'settled' AND o.original IS NOT DISTINCT FROM q.original)`;

/** Without a key nothing finds what is there already fast enough for a statement of the application: there each write is told. */
function quarantine(m: ColumnMapping, row: string, direction: 'up' | 'down', value: Sql): Sql {
  const one = sql`SELECT ${keyAsJson(m, row)} AS key, ${misfitReason(m, direction)} AS reason, ${kept(m, direction, value)} AS original`;
  return sql`
${m.key.length ? quarantineRows(m, one) : insertQuarantined(m, one)};`;
}

const countOldWrite = (m: ColumnMapping): Sql => sql`PERFORM nextval(${nameText(named(m, 'old_writes'))});`;

/** What a row gets that was inserted without the column: seen where that is always the same. */
const isConstant = /^(NULL|true|false|-?[\d.]+|'([^']|'')*')(::[\w ."[\]]+)?$/i;

/** A row that comes with a value in the old column alone. */
function countInsert(m: ColumnMapping): Sql {
  const { name, type, default: given } = m.from;
  if (given !== null && !isConstant.test(given)) return sql``;
  const value = column('NEW', name);
  return sql`
      IF ${given === null ? sql`${value} IS NOT NULL` : differs(value, sql`(${raw(given)})::${raw(type)}`)} THEN ${countOldWrite(m)} END IF;`;
}

/**
 * filling: while the backfill is not done, a row that is written for another reason is filled.
 * both: NULL in the new column is what somebody wrote.
 * reviving: after contract and back, a row that is written for another reason takes the new column's value into the old one.
 */
type Mode = 'filling' | 'both' | 'reviving';

/**
 * BEFORE INSERT OR UPDATE: the side that changed wins; both changed, the new one wins; neither: as the mode says. Writes of the old
 * column are counted, those of the application's triggers among them; what a foreign key cascades into it is nobody's use.
 */
function syncRoutine(m: ColumnMapping, mode: Mode, cascades: boolean): Routine {
  const [newFrom, newTo] = [column('NEW', m.from.name), column('NEW', m.to.name)];
  const [oldFrom, oldTo] = [column('OLD', m.from.name), column('OLD', m.to.name)];
  const fill = sql`
    ${newTo} := ${up(m, newFrom)};${
      m.up === null
        ? sql``
        : sql`
    IF ${newTo} IS NULL AND ${newFrom} IS NOT NULL AND ${upFails(m, newFrom)} THEN${quarantine(m, 'NEW', 'up', newFrom)}
    END IF;`
    }`;
  const back = sql`
    IF NOT ${agrees(m, newFrom, newTo)} THEN
      ${
        m.down === null
          ? sql`${newFrom} := ${newTo};`
          : sql`IF ${downFails(m, newTo)} THEN${quarantine(m, 'NEW', 'down', newTo)}
      ELSE
        ${newFrom} := ${down(m, newTo)};
      END IF;`
      }
    END IF;`;
  return {
    name: named(m, 'sync'),
    parameters: sql``,
    returns: 'trigger',
    body: sql`
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF ${newTo} IS NULL THEN${countInsert(m)}${fill}
    ELSE${back}
    END IF;
  ELSIF ${differs(oldTo, newTo)} THEN${back}
  ELSIF ${differs(oldFrom, newFrom)} THEN
    ${cascades ? sql`IF pg_trigger_depth() = 1 THEN ` : sql``}${countOldWrite(m)}${cascades ? sql` END IF;` : sql``}${fill}
${
  {
    filling: sql`
  ELSIF ${newTo} IS NULL AND ${newFrom} IS NOT NULL THEN${fill}`,
    both: sql``,
    reviving: sql`
  ELSE${back}`,
  }[mode]
}
  END IF;
  RETURN NEW;
END `,
  };
}

const nameText = ({ schema, name }: RelationName) =>
  `"${schema.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`;

export interface ColumnSync {
  /** After the backfill: NULL in the new column is a value like any other. Replaces a function body, no lock. */
  readonly stopFilling: Pick<SqlStep, 'sql' | 'locks' | 'undo' | 'installs'>;
  readonly install: Pick<SqlStep, 'sql' | 'locks' | 'undo' | 'installs'>;
  readonly remove: Sql;
  readonly restore: Sql;
  readonly revived: Sql;
}

export function columnSync(m: ColumnMapping, existingTriggers: readonly string[], cascades: boolean): ColumnSync {
  const routine = (mode: Mode) => syncRoutine(m, mode, cascades);
  const trigger = (mode: Mode): RowTrigger => ({
    name: lastTriggerName(named(m, 'sync').name, existingTriggers),
    relation: m.table,
    when: 'BEFORE INSERT OR UPDATE',
    each: 'row',
    onlyIf: sql`current_setting(${GUARD}, true) IS DISTINCT FROM ${guardValue(m)}`,
    routine: routine(mode),
  });
  const lock = (mode: Lock['mode']): readonly Lock[] => [{ relation: m.table, mode, holds: 'instant' }];
  const writes = named(m, 'old_writes');
  const create = (mode: Mode) =>
    statements(createRoutines([...converters(m), routine(mode)]), createTrigger(trigger(mode)));
  const remove = statements(dropTrigger(trigger('both')), dropRoutine(routine('both')));
  const drop = statements(remove, ...converters(m).map(dropRoutine), sql`DROP SEQUENCE IF EXISTS ${qualified(writes)}`);
  return {
    install: {
      sql: statements(...countWrites(writes), create('filling')),
      locks: lock('SHARE ROW EXCLUSIVE'),
      undo: { sql: drop, locks: lock('ACCESS EXCLUSIVE') },
      installs: [installed(trigger('filling'))],
    },
    stopFilling: {
      sql: createRoutine(routine('both')),
      locks: [],
      undo: { sql: createRoutine(routine('filling')), locks: [] },
      installs: [installed(trigger('both'))],
    },
    remove,
    restore: create('reviving'),
    revived: createRoutine(routine('both')),
  };
}
