import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { connectTo } from '../../src/database/connect.ts';
import type { Connect, Queryable, Session } from '../../src/database/database.ts';
import { parseTarget } from '../../src/database/target.ts';
import { ident, raw, sql } from '../../src/sql/sql.ts';
import { asApplication } from './as-application.ts';

/** A database of one test's own; as a Queryable it is the superuser's session. */
export interface TestDatabase extends Queryable {
  readonly url: string;
  readonly connect: Connect;
  /** A superuser's. */
  readonly session: Session;
  /** Any number of statements, as written. */
  readonly run: (text: string) => Promise<void>;
  readonly rows: <Row>(text: string) => Promise<Row[]>;
}

/** Gives `work` a fresh database that already ran `before`, and drops it afterwards. */
export async function withDatabase<T>(before: string, work: (db: TestDatabase) => Promise<T>): Promise<T> {
  const name = `test_${randomUUID()}`;
  const admin = await connectTo(parseTarget(urlOf('postgres')))('executor', 'tests');
  try {
    await admin.execute(sql`CREATE DATABASE ${ident(name)}`);
    return await workIn(name, before, work);
  } finally {
    await admin.execute(sql`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`);
    await admin.close();
  }
}

async function workIn<T>(name: string, before: string, work: (db: TestDatabase) => Promise<T>): Promise<T> {
  const url = urlOf(name);
  const connect = connectTo(parseTarget(url));
  const session = await asApplication(connect)('executor', 'tests');
  try {
    await session.execute(raw(before));
    return await work({
      url,
      connect,
      session,
      query: (statement) => session.query(statement),
      execute: (statement) => session.execute(statement),
      run: (text) => session.execute(raw(text)),
      rows: (text) => session.query(raw(text)),
    });
  } finally {
    await session.close();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
