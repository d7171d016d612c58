import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** An application's session, stepped by hand. */
export interface Client {
  readonly pid: number;
  /** Runs statements to their end. */
  readonly do: (text: string) => Promise<Record<string, unknown>[]>;
  /** Starts a statement and comes back when it has to wait for somebody's lock. */
  readonly startAndWait: (text: string) => Promise<Pending>;
  readonly close: () => Promise<void>;
}

export interface Pending {
  /** False: it was over before it had to. */
  readonly waits: boolean;
  /** Its end; an error is a value: what happened is the test's to judge. */
  readonly end: Promise<{ readonly rows: readonly Record<string, unknown>[] } | { readonly error: string }>;
}

export async function openClient(url: string, settings = ''): Promise<Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'application' });
  client.on('error', () => undefined); // the test may end its session
  await client.connect();
  const pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
  if (settings) await client.query(settings);
  const run = async (text: string) => {
    const result = (await client.query(text)) as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as Record<string, unknown>[];
  };
  return {
    pid,
    do: run,
    startAndWait: async (text) => {
      let over = false;
      const end = run(text).then(
        (rows) => ({ rows }),
        (error: unknown) => ({ error: (error as { code?: string }).code ?? String(error) }),
      );
      void end.finally(() => (over = true));
      await untilTrue(url, `SELECT cardinality(pg_blocking_pids(${pid})) > 0`, () => over);
      return { end, waits: !over };
    },
    close: () => client.end(),
  };
}

/** Asks again and again until the answer is true; `or` ends it early. */
export async function untilTrue(url: string, question: string, or: () => boolean = () => false): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'observer' });
  await client.connect();
  try {
    for (;;) {
      if (or()) return;
      const { rows } = await client.query<Record<string, boolean>>(question);
      if (Object.values(rows[0] ?? {})[0] === true) return;
      await setTimeout(5);
    }
  } finally {
    await client.end();
  }
}
