import { parseArgs } from 'node:util';
import { connectTo } from '../src/database/connect.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { raw } from '../src/sql/sql.ts';
import { columnShape } from '../test/support/storm/column-shape.ts';
import { jsonShape } from '../test/support/storm/json-shape.ts';
import { storm } from '../test/support/storm/storm.ts';

// Writers through both shapes while a migration goes forward and back and its executor is killed: as long as asked, from one seed.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    case: { type: 'string', default: 'json' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const shape = values.case === 'column' ? columnShape : jsonShape;
const server = await startEmbedded({ flags: ['-c', 'fsync=off', '-c', 'max_connections=100'] });
try {
  const connect = connectTo(server.target);
  const session = await connect('executor', 'storm');
  await session.execute(raw('SET search_path = public'));
  await session.execute(raw(shape.before));
  await session.close();
  console.log(`seed ${seed}, ${values.minutes} minutes, ${values.case}`);
  const report = await storm({
    url: server.url,
    connect,
    shape,
    seed,
    ms: Number(values.minutes) * 60_000,
    say: (line) => console.log(line),
  });
  console.log(JSON.stringify({ ...report, moves: report.moves.length, failures: report.failures.length }));
  for (const failure of report.failures.slice(0, 20)) console.log(failure);
  process.exitCode = report.failures.length ? 1 : 0;
} finally {
  await server.stop();
}
