import type { Client } from 'pg';
import { createReadSwitch, expectPhase, type ReadSwitch } from '../../client/client.ts';
import { misfitOf } from '../misfits.ts';
import { applicationRole } from '../seed.ts';
import type { Application, ApplicationOptions, LiveLatency } from './application.ts';
import { connect, openConnections } from './connections.ts';
import { deploy } from './deployment.ts';
import { countErrors } from './errors.ts';
import { recordLatency } from './latency.ts';
import { repeatLongTransactions } from './long-transactions.ts';
import { openLoop } from './open-loop.ts';
import { checkOracle } from './oracle.ts';
import { repairDocument } from './repair.ts';
import { serveUsers } from './serve.ts';
import { knowUsers } from './users.ts';

const DEPLOY_WAIT_MS = 60_000;

/** Starts the application; its old version is in service from the first moment. */
export async function runApplication(options: ApplicationOptions): Promise<Application & { live(): LiveLatency }> {
  const { url, rows, migration, ratePerSecond } = options;
  const errors = countErrors();
  const lost = (error: unknown) => errors.add('connection', error);
  const pool = await openConnections(url, applicationRole, options.connections, lost);
  const [patient, back] = await Promise.all([connect(url, applicationRole, lost), connect(url, applicationRole, lost)]);
  const users = knowUsers(rows, (user) => misfitOf(user, rows) === null);
  const latency = recordLatency();
  const deployment = deploy();
  const { serve, perform, drained, staleReads } = serveUsers(users, errors);
  const start = performance.now();
  let reads: ReadSwitch | null = null;

  const launch = (dueAt: number) => {
    const transaction = deployment.any();
    void serve(transaction, async (user) => {
      await pool.use((client) => perform({ client, transaction, user, reads }));
      latency.add(dueAt - start, performance.now() - dueAt, transaction.kind);
    });
  };

  latency.mark('baseline', 0);
  const traffic = openLoop(ratePerSecond, launch);
  const longOnes = repeatLongTransactions((hold) => {
    const transaction = deployment.writerOfUsers();
    return serve(transaction, (user) => perform({ client: patient, transaction, user, reads, hold }));
  });
  const query = (text: string, values: unknown[]) => back.query(text, values);

  return {
    setPhase: (label) => Promise.resolve(latency.mark(label, performance.now() - start)),
    enableNew: async () => {
      await expectPhase({ query }, migration, 'dual-write', { waitMs: DEPLOY_WAIT_MS });
      reads = createReadSwitch({ query, listen: listenOn(back) }, migration);
      await reads.ready();
      deployment.start('new', 'both');
    },
    disableOld: async () => {
      deployment.stop('old', 'both');
      await drained();
    },
    enableOld: () => Promise.resolve(deployment.start('old', 'both')),
    repair: async (wanted) => {
      const mended = [];
      for (const user of wanted) mended.push(await pool.use((client) => repairDocument(client, users, user, rows)));
      return mended.filter(Boolean).length;
    },
    check: (shapes) => pool.use((client) => checkOracle(client, users, shapes)),
    live: () => ({ ...latency.recent(), errors: errors.total(), queued: pool.queued() }),
    stop: async () => {
      const endMs = performance.now() - start;
      traffic.stop();
      const longTransactions = await longOnes.stop();
      await drained();
      const stats = { phases: latency.phases(endMs), series: latency.series(), kinds: latency.kinds() };
      await reads?.close();
      await Promise.all([pool.close(), patient.end(), back.end()]);
      return { ...stats, errors: errors.list(), staleReads: staleReads(), longTransactions };
    },
  };
}

const listenOn = (client: Client) => async (channel: string, notify: () => void) => {
  client.on('notification', notify);
  await client.query(`LISTEN ${channel}`);
};
