import { figure, ratio, spread, table } from './figures.ts';
import { say } from './options.ts';
import { migrationFile, productOn, timePhase } from './product.ts';
import { timed, type Bench } from './server.ts';

const migration = (workers: number) => `version: 1
name: full-name
operations: [{ rename_column: { table: people, from: name, to: full_name } }]
backfill: { workers: ${workers}, max_rows_per_second: null }
`;

type Contender = 'ours, 2 sessions' | 'ours, 1 session' | 'one UPDATE';

/** Filling a column of every row: ours against one UPDATE of the whole table, which also locks every row until it ends. */
export async function benchColumnMapping(bench: Bench, { rows, rounds }: { rows: number; rounds: number }) {
  const files = {
    1: await migrationFile('full-name', migration(1)),
    2: await migrationFile('full-name', migration(2)),
  };
  const ours = (workers: 1 | 2) => async () => {
    const time = timePhase('backfill');
    await productOn(bench, files[workers].path).apply('backfill', time.listen);
    return time.total();
  };
  const contenders: readonly (readonly [Contender, () => Promise<number>])[] = [
    ['one UPDATE', () => oneUpdate(bench)],
    ['ours, 2 sessions', ours(2)],
    ['ours, 1 session', ours(1)],
  ];
  const speed: Record<string, number[]> = {};
  const growth: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++)
    for (const [name, run] of contenders) {
      await freshTable(bench);
      const before = await size(bench);
      const ms = await run();
      const grown = (await size(bench)) / before;
      await mustBeFilled(bench, name);
      (speed[name] ??= []).push((rows / ms) * 1000);
      (growth[name] ??= []).push(grown);
      say(
        `  round ${round}  ${name}: ${Math.round((rows / ms) * 1000).toLocaleString('en-US')} rows/s, growth ${grown.toFixed(2)}`,
      );
    }
  await productOn(bench, '').forget(['people']);
  await Promise.all([files[1].remove(), files[2].remove()]);
  const of = (name: Contender) => speed[name] ?? [];
  return {
    rows,
    rowsPerSecond: Object.fromEntries(contenders.map(([name]) => [name, figure(of(name))])),
    ratios: {
      'ours (2 sessions) to one UPDATE': ratio(of('ours, 2 sessions'), of('one UPDATE')),
      'ours (1 session) to one UPDATE': ratio(of('ours, 1 session'), of('one UPDATE')),
    },
    growth: Object.fromEntries(contenders.map(([name]) => [name, figure(growth[name] ?? [])])),
  };
}

async function freshTable(bench: Bench): Promise<void> {
  await productOn(bench, '').forget(['people']);
  await bench.run(
    'CREATE TABLE people AS SELECT id, email, name, created_at FROM users; ALTER TABLE people ADD PRIMARY KEY (id)',
  );
  await bench.run('VACUUM (ANALYZE) people');
  await bench.run('CHECKPOINT');
}

async function oneUpdate({ run }: Bench): Promise<number> {
  await run('ALTER TABLE people ADD COLUMN full_name text');
  return await timed(() => run('UPDATE people SET full_name = name'));
}

const size = async ({ client }: Bench): Promise<number> =>
  Number((await client.query<{ bytes: string }>(`SELECT pg_relation_size('people') AS bytes`)).rows[0]?.bytes);

async function mustBeFilled({ client }: Bench, who: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM people WHERE full_name IS DISTINCT FROM name LIMIT 1');
  if (rowCount) throw new Error(`${who} left rows unfilled.`);
}

export type ColumnMappingResult = Awaited<ReturnType<typeof benchColumnMapping>>;

export const showColumnMapping = (r: ColumnMappingResult): string =>
  [
    `Column mapping: people.name into full_name, ${r.rows.toLocaleString('en-US')} rows`,
    table(
      ['', 'rows per second (spread)', 'table after / before'],
      Object.entries(r.rowsPerSecond).map(([name, f]) => [name, spread(f), growthOf(r, name)]),
    ),
    table(
      ['ratio, round by round', 'median (spread)'],
      Object.entries(r.ratios).map(([name, f]) => [name, spread(f, 2)]),
    ),
  ].join('\n\n');

const growthOf = ({ growth }: ColumnMappingResult, name: string): string => {
  const found = growth[name];
  return found ? spread(found, 2) : '';
};
