import { figure, ratio, spread, table } from './figures.ts';
import { say } from './options.ts';
import { constrain, insertSelect, targets, upsertTrigger } from './plain-sql.ts';
import { flagshipFile, productOn, timePhase } from './product.ts';
import { scriptRowsPerSecond } from './script.ts';
import { openClient, timed, type Bench } from './server.ts';

const TOUCHED_ROWS = 200_000;
const BATCH = 1000;

type Contender =
  | 'ours, 2 sessions'
  | 'ours, 1 session'
  | 'limit'
  | 'limit, 2 sessions'
  | 'row-touching'
  | 'script, in batches'
  | 'script, row by row';

/** The flagship's data move by every contender, one after the other, round by round: rows per second. */
export async function benchTableMapping(
  bench: Bench,
  { rows, rounds, batches }: { rows: number; rounds: number; batches: number },
) {
  const file = { 1: await ourFile(1), 2: await ourFile(2) };
  const createTargets = await targetDdl(bench, file[1].path);
  const second = await openClient(bench.url);
  const steps: Record<string, number[]> = {};
  const seen: Record<string, string> = {};

  const ours = async (workers: 1 | 2): Promise<number> => {
    const product = productOn(bench, file[workers].path);
    const time = timePhase('backfill');
    await product.apply('backfill', time.listen);
    if (workers === 2) for (const { step, ms } of time.steps) (steps[step] ??= []).push(ms);
    return (rows / time.total()) * 1000;
  };
  const limit = async (clients: readonly { query: (text: string) => Promise<unknown> }[]): Promise<number> => {
    await bench.run(createTargets);
    const inserts = insertSelect();
    const each = async (client: { query: (text: string) => Promise<unknown> }, mine: readonly number[]) => {
      for (const i of mine) await client.query(inserts[i] ?? '');
      for (const i of mine) for (const statement of constrain[i] ?? []) await client.query(statement);
    };
    const ms = await timed(() =>
      Promise.all(clients.map((client, i) => each(client, clients.length === 1 ? [0, 1] : [i]))),
    );
    return (rows / ms) * 1000;
  };
  const touching = async (): Promise<number> => {
    const some = Math.min(rows, TOUCHED_ROWS);
    await bench.run(`
      DROP TABLE IF EXISTS touched_users; DROP FUNCTION IF EXISTS touched;
      CREATE TABLE touched_users (LIKE users INCLUDING ALL);
      INSERT INTO touched_users OVERRIDING SYSTEM VALUE SELECT * FROM users WHERE id <= ${some}`);
    await bench.run('VACUUM (ANALYZE) touched_users');
    await bench.run(`${createTargets}; ${upsertTrigger('touched_users')}`);
    const ms = await timed(async () => {
      for (let from = 0; from < some; from += BATCH)
        await bench.client.query({
          name: 'touch',
          text: 'UPDATE touched_users SET preferences = preferences WHERE id > $1 AND id <= $2',
          values: [from, from + BATCH],
        });
      for (const statement of constrain.flat())
        await bench.run(statement.replace('REFERENCES users', 'REFERENCES touched_users'));
    });
    return (some / ms) * 1000;
  };
  const script = async (style: 'row by row' | 'in batches'): Promise<number> => {
    await bench.run(createTargets);
    return await scriptRowsPerSecond(
      bench.client,
      rows,
      style,
      style === 'row by row' ? Math.ceil(batches / 4) : batches,
    );
  };
  const contenders: readonly (readonly [Contender, () => Promise<number>])[] = [
    ['limit', () => limit([bench.client])],
    ['ours, 2 sessions', () => ours(2)],
    ['limit, 2 sessions', () => limit([bench.client, second])],
    ['ours, 1 session', () => ours(1)],
    ['row-touching', touching],
    ['script, in batches', () => script('in batches')],
    ['script, row by row', () => script('row by row')],
  ];

  const speed: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++)
    for (const [name, run] of contenders) {
      await productOn(bench, '').forget(targets);
      await bench.run('CHECKPOINT');
      const rowsPerSecond = await run();
      (speed[name] ??= []).push(rowsPerSecond);
      say(`  round ${round}  ${name}: ${Math.round(rowsPerSecond).toLocaleString('en-US')} rows/s`);
      if (name.startsWith('ours') || name.startsWith('limit')) seen[name] ??= await checksum(bench);
    }
  if (new Set(Object.values(seen)).size !== 1)
    throw new Error(`The contenders made different rows: ${JSON.stringify(seen)}`);
  await productOn(bench, '').forget([...targets, 'touched_users']);
  await Promise.all([second.end(), file[1].remove(), file[2].remove()]);

  const of = (name: Contender) => speed[name] ?? [];
  return {
    rows,
    rowsPerSecond: Object.fromEntries(contenders.map(([name]) => [name, figure(of(name))])),
    ratios: {
      'ours (2 sessions) to the limit': ratio(of('ours, 2 sessions'), of('limit')),
      'ours (1 session) to the limit': ratio(of('ours, 1 session'), of('limit')),
      'ours (2 sessions) to the limit in 2 sessions': ratio(of('ours, 2 sessions'), of('limit, 2 sessions')),
      'ours (2 sessions) to row-touching': ratio(of('ours, 2 sessions'), of('row-touching')),
      'ours (2 sessions) to the script, in batches': ratio(of('ours, 2 sessions'), of('script, in batches')),
      'ours (2 sessions) to the script, row by row': ratio(of('ours, 2 sessions'), of('script, row by row')),
    },
    ourStepsMs: Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, figure(ms)])),
  };
}

const ourFile = (workers: number) => flagshipFile(`backfill: { workers: ${workers}, max_rows_per_second: null }`);

/** The very tables that our plan creates, so that only the way the rows get in differs. */
async function targetDdl(bench: Bench, migration: string): Promise<string> {
  const plan = await productOn(bench, migration).plan();
  const expand = plan.phases.find((p) => p.name === 'expand')?.steps ?? [];
  const created = expand.flatMap((step) => (step.kind === 'ddl' && step.id.includes('-create-') ? [step.sql] : []));
  // The contenders have no journal, whose function takes away what default privileges give.
  return created.join(';\n').replaceAll(/SELECT [^;]*take_grants[^;]*/gu, '');
}

/** Differs when any row of any target differs. */
async function checksum({ client }: Bench): Promise<string> {
  const sums = targets.map((name) => `(SELECT count(*) || ':' || sum(hashtextextended(t::text, 0)) FROM ${name} t)`);
  const { rows } = await client.query<{ sum: string }>(`SELECT ${sums.join(` || ' ' || `)} AS sum`);
  return rows[0]?.sum ?? '';
}

export type TableMappingResult = Awaited<ReturnType<typeof benchTableMapping>>;

export const showTableMapping = (r: TableMappingResult): string =>
  [
    `Table mapping: users.preferences into two tables, ${r.rows.toLocaleString('en-US')} rows`,
    table(
      ['rows per second', 'median (spread)'],
      Object.entries(r.rowsPerSecond).map(([name, f]) => [name, spread(f)]),
    ),
    table(
      ['ratio, round by round', 'median (spread)'],
      Object.entries(r.ratios).map(([name, f]) => [name, spread(f, 2)]),
    ),
    table(
      ['our backfill phase, 2 sessions', 'ms'],
      Object.entries(r.ourStepsMs).map(([name, f]) => [name, spread(f)]),
    ),
  ].join('\n\n');
