import { expect, inject, it } from 'vitest';
import { lintSql } from '../src/lint/lint.ts';
import { parseStatements } from '../src/lint/parse.ts';
import { rules } from '../src/lint/registry.ts';
import type { Example, Rule } from '../src/lint/rule.ts';
import { linesOf } from '../src/lint/source.ts';
import { steadyFunctions } from '../src/lint/steady-functions.ts';
import { atLeast, lockModes, type LockMode } from '../src/lint/world/lock-mode.ts';
import { observe, type Observed } from './support/claims/observe.ts';
import { before, isRunnable, makeServerThings, reset } from './support/claims/things.ts';
import { type TestDatabase, withDatabase } from './support/database.ts';

// What the rules say about locks, rewrites and scans is what PostgreSQL does with their own examples.

const pg = inject('serverMajor');

interface Case {
  readonly rule: Rule;
  readonly example: Example;
  readonly title: string;
}

const exampleOf = (example: string | Example): Example => (typeof example === 'string' ? { sql: example } : example);

const findingOf = ({ rule: { id }, example: { sql, transaction, schema } }: Omit<Case, 'title'>) =>
  lintSql(sql, { pg, enable: [id], ...(transaction && { transaction }), ...(schema && { schema }) }).findings.find(
    ({ rule }) => rule === id,
  );

/** The examples that are what they are called on this server's version. */
const cases = (isBad: boolean): readonly Case[] =>
  rules
    .filter(({ lock, work }) => (isBad ? lock !== null : work !== undefined))
    .flatMap((rule) => (isBad ? rule.bad : rule.good).map((example) => ({ rule, example: exampleOf(example) })))
    .filter((one) => (one.example.pg ?? pg) <= pg && (findingOf(one) !== undefined) === isBad)
    .filter(({ example }) => isRunnable(example))
    .map((one) => ({ ...one, title: `${one.rule.id}: ${one.example.sql.replaceAll(/\s+/gu, ' ')}` }));

async function seen(database: TestDatabase, { rule, example }: Case) {
  const statements = parseStatements(example.sql).filter(({ block }) => block === null);
  const texts = statements.map(({ text }) => text);
  const isWrapped = example.transaction === 'file' || (example.transaction === 'batch' && texts.length > 1);
  await database.run(`${reset};\n${before(rule, example)}`);
  const observed = await observe(database.url, isWrapped ? ['BEGIN', ...texts] : texts);
  return { statements, observed: isWrapped ? observed.slice(1) : observed };
}

const strongest = (modes: readonly LockMode[]): LockMode | null =>
  lockModes.findLast((mode) => modes.includes(mode)) ?? null;

const doesWork = (rule: Rule, { work }: Observed): boolean => rule.work?.some((kind) => work.includes(kind)) === true;

/** What is not as the rule says, or null. */
async function wrongInBad(database: TestDatabase, one: Case): Promise<string | null> {
  const finding = findingOf(one);
  const { statements, observed } = await seen(database, one);
  const placeOf = linesOf(one.example.sql);
  const at = statements.findIndex(({ end }) => {
    const { line, column } = placeOf(end);
    return line > (finding?.line ?? 0) || (line === finding?.line && column > finding.column);
  });
  const did = observed[at];
  const lock = strongest(did?.locks ?? []);
  const claimed = finding?.lock ?? null;
  const isLock = did?.alone ? lock !== null && claimed !== null && atLeast(claimed, lock) : lock === claimed;
  if (did === undefined || !isLock) return `${one.title}: it says ${String(claimed)} and took ${String(lock)}`;
  return !one.rule.work || doesWork(one.rule, did) ? null : `${one.title}: it did ${did.work.join() || 'nothing'}`;
}

async function wrongInGood(database: TestDatabase, one: Case): Promise<string | null> {
  const { observed } = await seen(database, one);
  const isWrong = observed.some((did) => {
    const lock = strongest(did.locks);
    return doesWork(one.rule, did) && lock !== null && atLeast(lock, one.rule.lock ?? 'ACCESS EXCLUSIVE');
  });
  return isWrong ? `${one.title}: ${JSON.stringify(observed)}` : null;
}

const allWrong = async (isBad: boolean): Promise<readonly string[]> =>
  await withDatabase('', async (database) => {
    const wrong: string[] = [];
    await makeServerThings(database.run);
    for (const one of cases(isBad)) {
      const found = await (isBad ? wrongInBad : wrongInGood)(database, one).catch(
        (error: unknown) => `${one.title}: ${String(error)}`,
      );
      if (found !== null) wrong.push(found);
    }
    return wrong;
  });

it('the bad examples take the lock that is said, and do the work', async () => {
  const ruled = new Set(cases(true).map(({ rule }) => rule.id));
  if (pg === 18)
    expect(rules.filter(({ id, lock }) => lock !== null && !ruled.has(id)).map(({ id }) => id)).toEqual([]);
  expect(await allWrong(true)).toEqual([]);
});

it('the good examples do none of the work under such a lock', async () => expect(await allWrong(false)).toEqual([]));

/** What PostgreSQL 14 says of one form of AT TIME ZONE, for times without a date. The other forms, which are in every other migration, are steady. */
const volatileOnce = 'timezone(text,time with time zone)';

it('no function that is said to be steady is volatile', async () => {
  const found = await withDatabase('', ({ rows }) =>
    rows<{ name: string; form: string }>(
      `SELECT proname AS name, oid::regprocedure::text AS form FROM pg_proc
       WHERE provolatile = 'v' AND pronamespace = 'pg_catalog'::regnamespace`,
    ),
  );
  const wrong = found.filter(({ name }) => steadyFunctions.has(name)).map(({ form }) => form);
  expect(wrong).toEqual(pg < 15 ? [volatileOnce] : []);
});
