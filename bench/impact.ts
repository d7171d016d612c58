import { benchCurve, benchLife, showCurve, showLife } from './life.ts';
import { readOptions, say } from './options.ts';
import { startBench } from './server.ts';
import { benchSingleRow, showSingleRow } from './single-row.ts';
import { openLoopCapacity, startWorkload } from './workload.ts';

/** What an application notices of a migration. See README.md. */
const options = readOptions({ rows: 1_000_000, rounds: 3, seconds: 10, connections: 8, statements: 1000, load: 50 });
const { rows, rounds, connections } = options;
const measureMs = options.seconds * 1000;

const bench = await startBench(rows);
const workload = await startWorkload({ url: bench.applicationUrl, rows, connections });
try {
  await workload.capacity(2000); // prepared statements and caches
  const closedLoop = await workload.capacity(measureMs);
  const capacity = await openLoopCapacity(workload, closedLoop / 4, measureMs);
  const ratePerSecond = Math.max(1, Math.round((capacity * options.load) / 100));
  say(
    `Closed loop ${Math.round(closedLoop)}, open loop ${Math.round(capacity)} transactions a second; the load is ${ratePerSecond}.`,
  );
  const life = await benchLife(bench, workload, { ratePerSecond, measureMs }, rounds);
  say('Curve');
  const curve = await benchCurve(bench, workload, { ratePerSecond, measureMs }, [10_000, 20_000, 40_000, 80_000, null]);
  say('One row at a time');
  const singleRow = await benchSingleRow(bench, { rows, rounds: 5, statementCount: options.statements });
  const result = {
    benchmark: 'impact',
    serverVersion: bench.version,
    rows,
    rounds,
    closedLoop,
    capacity,
    ratePerSecond,
    life,
    curve,
    singleRow,
  };
  const text = () =>
    [
      `${Math.round(capacity)} transactions a second are the capacity, ${ratePerSecond} the load`,
      showLife(life),
      showCurve(curve),
      showSingleRow(singleRow),
    ].join('\n\n');
  console.log(options.json ? JSON.stringify(result, null, 2) : text());
} finally {
  workload.stop();
  await bench.stop();
}
