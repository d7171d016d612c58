import { randomInt, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connectTo } from '../src/database/connect.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { parseTarget } from '../src/database/target.ts';
import { ident, sql } from '../src/sql/sql.ts';
import { describeFailure, describeTotal, runMany } from '../test/support/storm/many.ts';
import { long, short, storm } from '../test/support/storm/storm.ts';

// Schedules of writers, moves and faults, one seed each: one seed's, once or several times, or as many as the minutes allow.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '4' },
    schedules: { type: 'string' },
    times: { type: 'string', default: '1' },
    processes: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const kind = values.processes ? long : short;
const first = Number(values.seed ?? randomInt(1_000_000_000));
const times = Number(values.times);
const wanted = values.schedules ? Number(values.schedules) : values.seed ? times : Infinity;
const until = Date.now() + Number(values.minutes) * 60_000;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopping = true)); // what has begun ends first
const server = await startEmbedded({
  flags: ['fsync=off', 'max_connections=300', 'max_prepared_transactions=50', 'wal_level=logical'].flatMap((s) => [
    '-c',
    s,
  ]),
});
try {
  const admin = await connectTo(server.target)('executor', 'storm');
  let begun = 0;
  const total = await runMany(
    () =>
      !stopping && begun < wanted && (begun === 0 || Date.now() < until) ? first + Math.floor(begun++ / times) : null,
    wanted === 1 ? 1 : Number(values['at-once']),
    async (seed) => {
      const name = `storm_${randomUUID()}`;
      await admin.execute(sql`CREATE DATABASE ${ident(name)}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      const say = values.verbose ? (line: string) => console.log(`${seed} ${line}`) : () => undefined;
      const report = await storm({ url: url.href, connect: connectTo(parseTarget(url.href)), kind, seed, say });
      console.log(
        `${seed} ${report.ms} ms ${report.failures.length ? 'FAILED' : 'well'} ${report.shape}: ${report.moves.join(' ')}`,
      );
      if (report.failures.length) console.log(describeFailure(report, values.processes ? ' --processes' : ''));
      await admin.execute(sql`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`);
      return report;
    },
  );
  console.log(describeTotal(total));
  process.exitCode = total.failed.length ? 1 : 0;
  await admin.close();
} finally {
  await server.stop();
}
