import pg from 'pg';
import type { Work } from '../../../src/lint/rule.ts';
import type { LockMode } from '../../../src/lint/world/lock-mode.ts';
import { openClient } from '../client.ts';

/** What a statement did to the relations that were there before. */
export interface Observed {
  /** What its transaction held when it was done, or what it asked for when it can not be in one. */
  readonly locks: readonly LockMode[];
  readonly work: readonly Work[];
  /** It can not be in a transaction: only the first lock it asked for was seen. */
  readonly alone: boolean;
}

const nothing: Observed = { locks: [], work: [], alone: false };

/** Runs statements one after the other, each in a transaction if it may, and looks at what each does. */
export async function observe(url: string, statements: readonly string[]): Promise<readonly Observed[]> {
  const client = new pg.Client({ connectionString: url });
  const messages: string[] = [];
  client.on('notice', ({ message = '' }) => messages.push(message));
  await client.connect();
  try {
    await client.query(`SET client_min_messages = debug1; SET timezone = 'Europe/Berlin'`);
    const old = await relations(client);
    const observed: Observed[] = [];
    for (const statement of statements) observed.push(await observeOne(url, client, statement, old, messages));
    return observed;
  } finally {
    await client.end();
  }
}

const isControl = (statement: string): boolean =>
  /^(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET LOCAL)\b/iu.test(statement);

async function observeOne(
  url: string,
  client: pg.Client,
  statement: string,
  old: Relations,
  messages: string[],
): Promise<Observed> {
  if (isControl(statement)) {
    await client.query(statement);
    return nothing;
  }
  const [own] = (await client.query<{ open: boolean }>('SELECT now() <> statement_timestamp() AS open')).rows;
  if (own?.open !== true) await client.query('BEGIN');
  messages.length = 0;
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== '25001') throw error;
    await client.query('ROLLBACK');
    return await alone(url, client, statement, old);
  }
  const work = await workOf(client, old, messages);
  const locks = await locksHeld(client, old);
  if (own?.open !== true) await client.query('COMMIT');
  return { locks, work, alone: false };
}

type Relations = ReadonlyMap<number, { readonly node: number; readonly name: string; readonly isTable: boolean }>;

async function relations(client: pg.Client): Promise<Relations> {
  const { rows } = await client.query<{ oid: number; node: number; name: string; kind: string }>(
    `SELECT oid, pg_relation_filenode(oid)::int8::int AS node, relname AS name, relkind AS kind FROM pg_class
      WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
  );
  return new Map(rows.map(({ oid, node, name, kind }) => [oid, { node, name, isTable: 'rm'.includes(kind) }]));
}

const modeOf = (mode: string): LockMode =>
  mode
    .replace(/Lock$/u, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/gu, ' ')
    .toUpperCase() as LockMode;

/** Locks on the old relations; where there are none, those on types, functions and schemas. */
async function locksHeld(client: pg.Client, old: Relations): Promise<readonly LockMode[]> {
  const { rows } = await client.query<{ relation: number | null; type: string; mode: string }>(
    `SELECT relation, locktype AS type, mode FROM pg_locks WHERE pid = pg_backend_pid() AND granted`,
  );
  const onRelations = rows.filter(({ relation }) => relation !== null && old.has(relation));
  const onObjects = rows.filter(({ type }) => type === 'object');
  return (onRelations.some(({ mode }) => mode !== 'AccessShareLock') ? onRelations : onObjects).map(({ mode }) =>
    modeOf(mode),
  );
}

const isBuilt = (message: string): boolean => message.startsWith('building index');

/** Of a statement that ran alone nobody heard the messages. */
async function workOf(
  client: pg.Client,
  old: Relations,
  messages: readonly string[],
  isAlone = false,
): Promise<readonly Work[]> {
  const now = await relations(client);
  const keys = await foreignKeysOf(client, old);
  const names = new Set([...old.values()].map(({ name }) => name));
  const isOld = (message: string) => names.has(/(?:table|on table) "([^"]+)"/u.exec(message)?.[1] ?? '');
  const moved = [...old].filter(([oid, { node }]) => now.has(oid) && now.get(oid)?.node !== node);
  const rewritten =
    moved.some(([, { isTable }]) => isTable) || (!isAlone && moved.length > 0 && !messages.some(isBuilt));
  const built = isAlone && moved.some(([, { isTable }]) => !isTable);
  return [
    ...(rewritten || messages.some((m) => m.startsWith('rewriting table') && isOld(m)) ? (['rewrite'] as const) : []),
    ...(messages.some(
      (m) =>
        (m.startsWith('verifying table') && isOld(m)) ||
        keys.some((key) => m === `validating foreign key constraint "${key}"`),
    )
      ? (['scan'] as const)
      : []),
    ...(built || messages.some((m) => isBuilt(m) && isOld(m)) ? (['index build'] as const) : []),
  ];
}

async function foreignKeysOf(client: pg.Client, old: Relations): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; table: number }>(
    `SELECT conname AS name, conrelid AS table FROM pg_constraint WHERE contype = 'f'`,
  );
  return rows.filter(({ table }) => old.has(table)).map(({ name }) => name);
}

/** A statement that no transaction may hold: what it asks for is seen while somebody else is in its way. */
async function alone(url: string, client: pg.Client, statement: string, old: Relations): Promise<Observed> {
  const [blocker, runner] = [await openClient(url), await openClient(url)];
  try {
    const tables = [...old].filter(([, { isTable }]) => isTable).map(([oid]) => oid);
    const names = await blocker.do(
      `SELECT oid::regclass::text AS name FROM unnest(ARRAY[${tables.join()}]::oid[]) AS oid`,
    );
    await blocker.do('BEGIN');
    for (const { name } of names) await blocker.do(`LOCK TABLE ${String(name)} IN SHARE UPDATE EXCLUSIVE MODE`);
    const { end } = await runner.startAndWait(statement);
    const waiting = await blocker.do(`SELECT mode FROM pg_locks WHERE pid = ${runner.pid} AND NOT granted`);
    await blocker.do('ROLLBACK');
    const ended = await end;
    if ('error' in ended) throw new Error(`${statement}: ${ended.error}`);
    return {
      locks: waiting.map(({ mode }) => modeOf(String(mode))),
      work: await workOf(client, old, [], true),
      alone: true,
    };
  } finally {
    await runner.close();
    await blocker.close();
  }
}
