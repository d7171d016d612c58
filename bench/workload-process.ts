import type pg from 'pg';
import { openConnections } from '../src/demo/application/connections.ts';
import { recordLatency } from '../src/demo/application/latency.ts';
import { openLoop } from '../src/demo/application/open-loop.ts';
import { prepared } from '../src/demo/application/transaction.ts';
import type { Command, Reply, WorkloadOptions } from './workload.ts';

/** An application of the old version, as a process of its own: reads, updates of the document, of another column, sign-ups. */

const read = prepared('read', 'SELECT * FROM users WHERE id = $1');
const merge = prepared(
  'merge',
  `UPDATE users SET preferences = CASE WHEN jsonb_typeof(preferences) = 'object' THEN preferences ELSE '{}' END || $2 WHERE id = $1`,
);
const rename = prepared('rename', 'UPDATE users SET name = $2 WHERE id = $1');
const add = prepared('add', 'INSERT INTO users (email, name, preferences) VALUES ($1, $2, $3)');

const themes = ['light', 'dark', 'system', 'sepia'];
const pick = (n: number) => Math.floor(Math.random() * n);

/** 60 % reads, 25 % writes of the document, 10 % of another column, 5 % sign-ups. */
function transact(client: pg.Client, rows: number): Promise<unknown> {
  const user = 1 + pick(rows);
  const dice = pick(100);
  const change = { theme: themes[pick(4)], items_per_page: 1 + pick(100) };
  if (dice < 60) return read(client, user);
  if (dice < 85) return merge(client, user, change);
  if (dice < 95) return rename(client, user, `Renamed ${pick(1000)}`);
  return add(client, 'new@example.com', 'New user', change);
}

async function startWorkload({ url, rows, connections }: WorkloadOptions) {
  let errors = 0;
  const pool = await openConnections(url, 'bench workload', connections, () => errors++);
  const once = (client: pg.Client) => transact(client, rows).catch(() => errors++);
  let running: { stop: () => void; latency: ReturnType<typeof recordLatency>; startedAt: number } | null = null;
  let inFlight = 0;
  let drained: () => void = () => undefined;

  const launch = (latency: ReturnType<typeof recordLatency>, startedAt: number) => async (dueAt: number) => {
    inFlight++;
    await pool.use(once);
    latency.add(dueAt - startedAt, performance.now() - dueAt, 'all');
    if (--inFlight === 0) drained();
  };
  return {
    /** Closed loop: every connection works without a pause. Transactions a second. */
    capacity: async (ms: number): Promise<number> => {
      const start = performance.now();
      let done = 0;
      const loop = () =>
        pool.use(async (client) => {
          for (; performance.now() - start < ms; done++) await once(client);
        });
      await Promise.all(Array.from({ length: connections }, loop));
      return (done / (performance.now() - start)) * 1000;
    },
    begin: (ratePerSecond: number): void => {
      const latency = recordLatency();
      const startedAt = performance.now();
      const start = launch(latency, startedAt);
      running = { ...openLoop(ratePerSecond, (dueAt) => void start(dueAt)), latency, startedAt };
    },
    mark: (label: string): void => running?.latency.mark(label, performance.now() - running.startedAt),
    end: async () => {
      if (!running) throw new Error('Nothing runs.');
      const { latency, startedAt, stop } = running;
      const endMs = performance.now() - startedAt;
      stop();
      await new Promise<void>((resolve) => (inFlight === 0 ? resolve() : (drained = resolve)));
      running = null;
      return { phases: latency.phases(endMs), errors };
    },
  };
}

let workload: Awaited<ReturnType<typeof startWorkload>> | undefined;

async function obey(command: Command): Promise<unknown> {
  if (command.ask === 'start') {
    workload = await startWorkload(command.argument);
    return undefined;
  }
  if (!workload) throw new Error('The workload has not been started.');
  switch (command.ask) {
    case 'capacity':
      return workload.capacity(command.argument);
    case 'begin':
      return workload.begin(command.argument);
    case 'mark':
      return workload.mark(command.argument);
    case 'end':
      return workload.end();
  }
}

const send = (reply: Reply) => void process.send?.(reply);
process.on('message', (command: Command) => {
  obey(command).then(
    (answer) => send({ id: command.id, answer }),
    (error: unknown) => send({ id: command.id, failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
