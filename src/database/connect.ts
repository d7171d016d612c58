import { createHash } from 'node:crypto';
import pg from 'pg';
import { ownPath } from '../sql/search-path.ts';
import { bind, inline, raw, sql, type Sql } from '../sql/sql.ts';
import { conceal } from './conceal.ts';
import type { Connect, Session, SessionRole } from './database.ts';
import { connectionFailed, connectionLost, readOnly } from './errors.ts';
import { refuseTransactionPooling } from './pooling.ts';
import { whatAllowsWrites } from './read-only.ts';
import { isEndedByServer } from './sqlstate.ts';
import type { Target } from './target.ts';
import { types } from './types.ts';

/** Opens sessions to one target. Errors never hold the password, the connection string or a row's values. */
export const connectTo =
  (target: Target): Connect =>
  async (role, migration) => {
    const name = applicationName(role, migration);
    const { client, pid } = await open(target, name);
    const session = sessionOn(client, pid, target);
    try {
      if (pid !== client.processID) await refuseTransactionPooling(session, () => openPlain(target, name));
      await session.execute(settings(role));
      const allow = role === 'read' ? null : await whatAllowsWrites(session);
      if (allow !== null) throw readOnly(allow);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  };

async function openPlain(target: Target, name: string): Promise<Session> {
  const { client, pid } = await open(target, name);
  return sessionOn(client, pid, target);
}

/**
 * Whatever the role or the database has as default, our statements mean the same and are not cut short behind our back; nor
 * compiled, which takes longer than it saves. The search_path that the role would have is kept aside, for names that a person wrote, and so is whether it may write.
 */
const settings = (role: SessionRole): Sql => sql`
  SELECT pg_catalog.set_config('lockkeeper.search_path', pg_catalog.current_setting('search_path'), false),
         pg_catalog.set_config('lockkeeper.read_only', pg_catalog.current_setting('default_transaction_read_only'), false);
  SET search_path = ${ownPath};
  SET row_security = off;
  SET jit = off;
  SET client_min_messages = warning;
  SET DateStyle = 'ISO';
  SET TimeZone = 'UTC';
  SET IntervalStyle = 'postgres';
  SET extra_float_digits = 1;
  SET bytea_output = 'hex';
  SET array_nulls = on;
  SET standard_conforming_strings = on;
  SET quote_all_identifiers = off;
  SET xmloption = content;
  SET xmlbinary = base64;
  SET default_transaction_isolation = 'read committed';
  ${raw(role === 'read' ? 'SET default_transaction_read_only = on;' : '')}
  SELECT set_config(name, '0', false)
    FROM unnest(ARRAY['lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout']) AS name
   WHERE current_setting(name, true) IS NOT NULL`;

/** `lockkeeper <migration> <role>` in 63 bytes; a long migration's name gives way. */
export function applicationName(role: SessionRole, migration = ''): string {
  const room = 63 - `lockkeeper  ${role}`.length;
  const shown = Buffer.from(migration)
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD$/, '');
  return ['lockkeeper', shown, role].filter(Boolean).join(' ');
}

async function open(target: Target, name: string): Promise<{ client: pg.Client & { processID: number }; pid: number }> {
  try {
    return await dial(target, name);
  } catch (error) {
    const withoutTls =
      target.sslOptional && error instanceof Error && error.message === 'The server does not support SSL connections';
    if (withoutTls) return open({ ...target, ssl: false, sslOptional: false }, name);
    throw connectionFailed(target.description, conceal(error));
  }
}

async function dial({ host, port, user, password = '', database, ssl, options = '' }: Target, name: string) {
  const client = new pg.Client({
    host,
    port,
    user,
    password: () => password, // as a function, an empty one is not looked up in PGPASSWORD or a file
    database,
    ssl,
    sslnegotiation: 'postgres',
    client_encoding: 'utf8',
    application_name: name,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    types,
  }) as pg.Client & { processID: number; connectionParameters: { options: string; replication: undefined } };
  // pg takes an empty value for a missing one and reads PGOPTIONS and PGREPLICATION instead.
  Object.assign(client.connectionParameters, { options, replication: undefined });
  client.on('error', () => undefined); // before the session listens, a failure is connect()'s to report
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return { client, pid: rows[0]?.pid ?? client.processID };
  } catch (error) {
    void client.end();
    throw error;
  }
}

/** A stored statement runs again and again: the server parses and plans it once for each session. */
const prepared = (statement: Sql) =>
  statement.values
    ? { ...bind(statement), name: createHash('md5').update(bind(statement).text).digest('hex') }
    : bind(statement);

function sessionOn(client: pg.Client, pid: number, target: Target): Session {
  const losses: unknown[] = [];
  client.on('error', (cause) => losses.push(conceal(cause)));

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (losses.length) throw connectionLost(target.description, losses[0]);
    try {
      return await work();
    } catch (error) {
      const concealed = conceal(error);
      const isLost = losses.length > 0 && !(error instanceof pg.DatabaseError);
      if (isLost || isEndedByServer(concealed)) throw connectionLost(target.description, concealed);
      throw concealed;
    }
  }

  return {
    pid,
    query: <Row>(statement: Sql) => run(async () => (await client.query(prepared(statement))).rows as Row[]),
    execute: async (statement) => {
      await run(() => client.query(inline(statement)));
    },
    transaction: (work) => inTransaction(client, run, work),
    cancel: async () => {
      const { client: other } = await open(target, applicationName('watch'));
      await other.query('SELECT pg_cancel_backend($1)', [pid]).finally(() => other.end());
    },
    close: () => client.end(),
  };
}

type Run = <T>(work: () => Promise<T>) => Promise<T>;

async function inTransaction<T>(client: pg.Client, run: Run, work: () => Promise<T>): Promise<T> {
  if (client.getTransactionStatus() !== 'I') throw new Error('A transaction is already open on this session.');
  await run(() => client.query('BEGIN ISOLATION LEVEL READ COMMITTED'));
  try {
    const result = await work();
    const { command } = await run(() => client.query('COMMIT'));
    if (command === 'ROLLBACK')
      throw new Error('A statement in this transaction failed and its error was not passed on: it was rolled back.');
    return result;
  } catch (error) {
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK').catch(() => undefined); // the first error says more
    throw error;
  }
}
