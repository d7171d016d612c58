import { expect } from 'vitest';
import type { Connect } from '../../src/database/database.ts';
import type { PhaseName } from '../../src/events.ts';
import { openClient, untilTrue, type Client } from './client.ts';
import { withDatabase, type TestDatabase } from './database.ts';
import { migrate } from './example.ts';
import { stepped, type Point } from './stepped.ts';

export interface Race {
  readonly db: TestDatabase;
  readonly m: ReturnType<typeof migrate>;
  /** An application's session, closed when the test ends. */
  readonly session: (settings?: string) => Promise<Client>;
  /** The first row of a query. */
  readonly row: (text: string) => Promise<Record<string, unknown> | undefined>;
}

export interface Setting {
  readonly migration: string;
  readonly before: string;
  /** Reached before the work begins; null: nothing has run. */
  readonly phase: PhaseName | null;
  /** Sees every moment of our own sessions. */
  readonly at?: (point: Point, race: Race) => Promise<void> | void;
}

/** Sessions stepped by hand against a migration in some phase; in the end both shapes must agree exactly. */
export async function race(
  { migration, before, phase, at }: Setting,
  work: (race: Race) => Promise<void>,
): Promise<void> {
  await withDatabase(before, async (db) => {
    const open: Client[] = [];
    const session = async (settings = '') => {
      const client = await openClient(db.url, settings);
      open.push(client);
      return client;
    };
    const row = async (text: string) => (await db.rows<Record<string, unknown>>(text))[0];
    let current: Race | null = null;
    const connect: Connect = at
      ? stepped(db.connect, (point) => (current ? at(point, current) : undefined))
      : db.connect;
    const m = migrate(connect, migration);
    if (phase) await m.to(phase);
    current = { db, m, session, row };
    try {
      await work(current);
    } finally {
      for (const client of open) await client.close();
    }
    await expectExact(m);
  });
}

/** Until our work tells that it waits for this client's transaction, or is over: then it did not wait, and the comparison tells. */
export async function untilWaitingFor(
  { db }: Race,
  { pid }: Pick<Client, 'pid'>,
  work: Promise<unknown>,
): Promise<void> {
  let over = false;
  const end = () => void (over = true);
  work.then(end, end);
  await untilTrue(
    db.url,
    `SELECT EXISTS (SELECT FROM lockkeeper.event WHERE event -> 'blockers' @> '[{"pid": ${pid}}]')`,
    () => over,
  );
}

/** Goes on to dual-write where it has not been yet: everything captured must have arrived. */
async function expectExact(m: Race['m']): Promise<void> {
  const phase = (await m.run())?.phase ?? null;
  if (phase === 'contract') return;
  if (phase !== 'dual-write' && phase !== 'switch') await m.to('dual-write');
  const { ok, mappings, triggers } = await m.verify();
  expect({ ok, mappings: mappings.filter((x) => !x.ok), triggers }).toEqual({ ok: true, mappings: [], triggers: [] });
}
