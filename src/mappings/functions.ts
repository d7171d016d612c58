import { createHash } from 'node:crypto';
import { ownPath } from '../sql/search-path.ts';
import { ident, inline, join, qualified, raw, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { Installed } from '../steps/step.ts';
import { leafPlaceholder } from './mapping.ts';

/** A PL/pgSQL function of ours. `body` is everything between the dollar quotes. */
export interface Routine {
  readonly name: RelationName;
  readonly parameters: Sql;
  readonly returns: string;
  readonly body: Sql;
  /** It only computes: everybody may call it, with rights of their own. */
  readonly computes?: true;
  /** What it reads in text or writes as text, by these types and expressions, depends on settings: it has those of the session that makes it, which are always the same. */
  readonly pinned?: string | null;
}

const usual = [
  'TimeZone',
  'DateStyle',
  'IntervalStyle',
  'extra_float_digits',
  'bytea_output',
  'array_nulls',
  'standard_conforming_strings',
];

/** Settings that matter to few types and functions: each costs every call something. */
const besides: readonly (readonly [RegExp, readonly string[]])[] = [
  [/xml/i, ['xmloption', 'xmlbinary']],
  [/money|to_char|to_number/i, ['lc_monetary', 'lc_numeric', 'lc_time']],
  [/ts_?vector|ts_?query|ts_headline/i, ['default_text_search_config']],
];

export const usesUnusual = (text: string): boolean => besides.some(([names]) => names.test(text));

const pins = (text: string): Sql =>
  join(
    [...usual, ...besides.flatMap(([names, settings]) => (names.test(text) ? settings : []))].map((setting) =>
      raw(` SET ${setting} FROM CURRENT`),
    ),
    '',
  );

/**
 * Runs with its owner's rights, so that the application needs none on what we keep: nothing that others can create is found by it.
 * A policy that would hide rows from its owner is an error, never a write that goes missing.
 */
export function createRoutine({ name, parameters, returns, body, computes, pinned }: Routine): Sql {
  const text = inline(body);
  const quote = raw(dollarQuoteFor(text));
  return sql`CREATE OR REPLACE FUNCTION ${qualified(name)}(${parameters}) RETURNS ${raw(returns)}
LANGUAGE plpgsql ${raw(computes ? 'SECURITY INVOKER' : 'SECURITY DEFINER')} SET search_path = ${ownPath}${computes ? sql`` : sql` SET row_security = off`}${typeof pinned === 'string' ? pins(pinned) : sql``} AS ${quote}${raw(text)}${quote};
${computes ? sql`GRANT EXECUTE ON FUNCTION ${qualified(name)}(${parameters}) TO PUBLIC` : sql`REVOKE ALL ON FUNCTION ${qualified(name)}(${parameters}) FROM PUBLIC`}`;
}

/**
 * New ones, for their owner alone: with the EXECUTE that default privileges give, others could put what runs with our rights on a table
 * of their own.
 */
export function createRoutines(list: readonly Routine[]): Sql {
  const names = list.filter((r) => !r.computes).map(({ name }) => qualified(name));
  const are = join(names.map((name) => sql`${inline(name)}::regproc`));
  return statements(
    ...list.map(createRoutine),
    anonymous(sql`
DECLARE
  given record;
BEGIN
  FOR given IN SELECT DISTINCT p.oid::regprocedure AS routine, quote_ident(pg_get_userbyid(g.grantee)) AS grantee
                 FROM pg_proc p, aclexplode(p.proacl) g WHERE p.oid IN (${are}) AND g.grantee <> p.proowner LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', given.routine, given.grantee);
  END LOOP;
END `),
  );
}

/** CASCADE: a partition that came later has triggers of ours that no plan names. */
export const dropRoutine = ({ name, parameters }: Routine): Sql =>
  sql`DROP FUNCTION IF EXISTS ${qualified(name)}(${parameters}) CASCADE`;

function dollarQuoteFor(text: string): string {
  let quote = '$lockkeeper$';
  for (let n = 1; text.includes(quote); n++) quote = `$lockkeeper${n}$`;
  return quote;
}

/** pg_proc.prosrc of this body, hashed as the server can. */
const bodyMd5 = (body: Sql): string => createHash('md5').update(inline(body)).digest('hex');

export interface RowTrigger {
  readonly name: string;
  readonly relation: RelationName;
  /** `AFTER UPDATE OR DELETE`, … */
  readonly when: string;
  readonly each: 'row' | 'statement' | 'row at commit';
  /** Fires only when this holds. */
  readonly onlyIf?: Sql;
  readonly routine: Routine;
  /** The partitioned table of which `relation` is a leaf: the trigger is made where that is still there. */
  readonly leafOf?: RelationName;
}

/** The trigger, firing for replica-role writers too: an ordinary one misses what logical replication and bulk loaders write. */
export const createTrigger = (trigger: RowTrigger): Sql => (trigger.leafOf ? whereThere(trigger) : definition(trigger));

/** A partition may have been dropped since the plan was made. */
function whereThere(trigger: RowTrigger): Sql {
  return anonymous(sql` BEGIN
  IF pg_catalog.to_regclass(${inline(qualified(trigger.relation))}) IS NOT NULL THEN
${definition(trigger)};
  END IF;
END `);
}

/** A block of PL/pgSQL that runs at once. */
export function anonymous(body: Sql): Sql {
  const text = inline(body);
  const quote = dollarQuoteFor(text);
  return raw(`DO ${quote}${text}${quote}`);
}

const definition = ({ name, relation, when, each, onlyIf, routine }: RowTrigger): Sql =>
  join(
    [
      sql`CREATE ${raw(each === 'row at commit' ? 'CONSTRAINT TRIGGER' : 'TRIGGER')} ${ident(name)} ${raw(when)} ON ${qualified(relation)}
  ${raw(each === 'row at commit' ? 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW' : `FOR EACH ${each.toUpperCase()}`)}${onlyIf ? sql` WHEN (${onlyIf})` : sql``} EXECUTE FUNCTION ${qualified(routine.name)}()`,
      sql`ALTER TABLE ${qualified(relation)} ENABLE ALWAYS TRIGGER ${ident(name)}`,
    ],
    ';\n',
  );

export const dropTrigger = ({ name, relation }: RowTrigger): Sql =>
  sql`DROP TRIGGER IF EXISTS ${ident(name)} ON ${qualified(relation)}`;

export const installed = (trigger: RowTrigger): Installed => ({
  relation: trigger.relation,
  trigger: trigger.name,
  function: trigger.routine.name,
  bodyMd5: bodyMd5(trigger.routine.body),
  type: typeOf(trigger),
  ...(typeof trigger.routine.pinned === 'string' ? { pinned: true } : {}),
  ...(trigger.leafOf
    ? {
        leavesOf: {
          table: trigger.leafOf,
          create: inline(definition({ ...trigger, relation: leafPlaceholder })),
        },
      }
    : {}),
});

const firesFor = { INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32 };

/** As pg_trigger.tgtype says it, in bits. */
const typeOf = ({ when, each }: RowTrigger): number =>
  (each === 'statement' ? 0 : 1) +
  (when.startsWith('BEFORE') ? 2 : 0) +
  Object.entries(firesFor).reduce((sum, [word, bit]) => sum + (when.includes(word) ? bit : 0), 0);

/** A trigger name that sorts, byte by byte, after every trigger a table has: PostgreSQL fires triggers in that order. */
export function lastTriggerName(base: string, existing: readonly string[]): string {
  let name = `~${base}`;
  while (existing.some((e) => Buffer.compare(Buffer.from(e), Buffer.from(name)) >= 0)) name = `~${name}`;
  return name;
}

/** A counter of writes that nobody waits for; how many there were is no secret. */
export const countWrites = ({ schema, name }: RelationName): readonly Sql[] => [
  sql`CREATE SEQUENCE IF NOT EXISTS ${qualified({ schema, name })}`,
  sql`SELECT ${ident(schema)}.take_grants(${schema}, ${name})`,
  sql`GRANT SELECT ON SEQUENCE ${qualified({ schema, name })} TO PUBLIC`,
];

export const statements = (...list: readonly Sql[]): Sql => join(list, ';\n');
