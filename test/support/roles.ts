import { randomUUID } from 'node:crypto';
import { connectTo } from '../../src/database/connect.ts';
import type { Connect } from '../../src/database/database.ts';
import { parseTarget } from '../../src/database/target.ts';
import { openClient, type Client } from './client.ts';
import { withDatabase, type TestDatabase } from './database.ts';

/** A role of one test's own. Its name is written in SQL as it is. */
export interface Role {
  readonly name: string;
  readonly url: string;
  readonly connect: Connect;
  /** A session of its own, closed when the test ends. */
  readonly session: (settings?: string) => Promise<Client>;
}

/**
 * A database whose script runs as a superuser, with `$owner` and the like in it replaced by roles of the test's own: all may log in,
 * and the first one owns the database's schema public's tables if the script says so.
 */
export async function withRoles<Name extends string>(
  names: readonly Name[],
  before: string,
  work: (db: TestDatabase, roles: Readonly<Record<Name, Role>>, text: (script: string) => string) => Promise<void>,
): Promise<void> {
  const suffix = randomUUID().slice(0, 8);
  const nameOf = (name: string) => `${name}_${suffix}`;
  const text = (script: string) =>
    names.reduce((done, name) => done.replaceAll(new RegExp(`\\$${name}\\b`, 'g'), nameOf(name)), script);
  const password = randomUUID();
  const clients: Client[] = [];
  const drop: string[] = names.map((name) => `DROP ROLE IF EXISTS ${nameOf(name)}`);
  try {
    await withDatabase('', async (db) => {
      for (const name of names) await db.run(`CREATE ROLE ${nameOf(name)} LOGIN PASSWORD '${password}'`);
      await db.run(text(before));
      const roleOf = (name: Name): Role => {
        const url = Object.assign(new URL(db.url), { username: nameOf(name), password }).href;
        return {
          name: nameOf(name),
          url,
          connect: connectTo(parseTarget(url)),
          session: async (settings = '') => {
            const client = await openClient(url, settings);
            clients.push(client);
            return client;
          },
        };
      };
      const roles = Object.fromEntries(names.map((name) => [name, roleOf(name)])) as Record<Name, Role>;
      try {
        await work(db, roles, text);
      } finally {
        for (const client of clients) await client.close();
      }
    });
  } finally {
    await withDatabase('', async (db) => {
      for (const statement of drop) await db.run(statement);
    });
  }
}
