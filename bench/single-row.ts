import type pg from 'pg';
import { figure, ratio, spread, table, type Figure } from './figures.ts';
import { say } from './options.ts';
import { targets, upsertTrigger } from './plain-sql.ts';
import { flagshipFile, productOn } from './product.ts';
import { openClient, timed, type Bench } from './server.ts';

const statements = {
  'UPDATE of the document': {
    text: `UPDATE users SET preferences = preferences || $2 WHERE id = $1`,
    values: (id: number, i: number) => [id, JSON.stringify({ theme: `theme ${i % 7}` })],
  },
  'UPDATE of another column': {
    text: 'UPDATE users SET name = $2 WHERE id = $1',
    values: (id: number, i: number) => [id, `name ${i}`],
  },
  INSERT: {
    text: `INSERT INTO users (email, name, preferences) VALUES ($1, $2, '{"theme": "dark", "notifications": {"email": true}}')`,
    values: (id: number, i: number) => [`new${id}@example.com`, `name ${i}`],
  },
} as const;

interface Comparison {
  readonly statement: string;
  readonly sync: 'capture' | 'direct';
  readonly commit: 'synchronous_commit off' | 'synchronous_commit on';
  readonly withoutUs: Figure;
  readonly withUs: Figure;
  readonly ratio: Figure;
  /** With a trigger that upserts the new rows and does nothing else; null while writes are only captured. */
  readonly byHand: Figure | null;
}

const contenders = ['without', 'with', 'by hand'] as const;
type Contender = (typeof contenders)[number];

/** One statement after another on one session, prepared, our triggers switched off and on between the measurements, and a plain one beside them. */
export async function benchSingleRow(
  bench: Bench,
  { rows, rounds, statementCount }: { rows: number; rounds: number; statementCount: number },
) {
  const file = await flagshipFile('backfill: { max_rows_per_second: null }');
  const product = productOn(bench, file.path);
  const client = await openClient(bench.url);
  const found: Comparison[] = [];
  await product.forget(targets);
  for (const sync of ['capture', 'direct'] as const) {
    await product.apply(sync === 'capture' ? 'expand' : 'dual-write');
    if (sync === 'direct') await bench.run(upsertTrigger('users'));
    const triggers = await triggersOf(bench);
    for (const commit of ['off', 'on'] as const) {
      await client.query(`SET synchronous_commit = ${commit}`);
      for (const statement of Object.keys(statements) as (keyof typeof statements)[]) {
        const times: Record<Contender, number[]> = { without: [], with: [], 'by hand': [] };
        await run(client, statement, rows, 100);
        for (let round = 0; round < rounds; round++)
          for (const which of contenders.slice(0, sync === 'direct' ? 3 : 2)) {
            await bench.run(enableOnly(which, triggers));
            times[which].push(await run(client, statement, rows, statementCount));
          }
        const compared = ratio(times.with, times.without);
        found.push({
          statement,
          sync,
          commit: `synchronous_commit ${commit}`,
          withoutUs: figure(times.without),
          withUs: figure(times.with),
          ratio: compared,
          byHand: sync === 'direct' ? ratio(times['by hand'], times.without) : null,
        });
        say(`  ${sync}, synchronous_commit ${commit}, ${statement}: ${spread(compared, 2)}`);
      }
    }
  }
  await bench.run('DROP FUNCTION touched() CASCADE');
  await product.forget(targets);
  await Promise.all([client.end(), file.remove()]);
  return found;
}

/** Microseconds for one, the way to the server and back included. */
async function run(client: pg.Client, name: keyof typeof statements, rows: number, count: number): Promise<number> {
  const { text, values } = statements[name];
  const ms = await timed(async () => {
    for (let i = 0; i < count; i++)
      await client.query({ name, text, values: values(1 + Math.floor(Math.random() * rows), i) });
  });
  return (ms / count) * 1000;
}

interface Trigger {
  readonly table: string;
  readonly name: string;
  readonly contender: Contender;
}

/** Ours on every table, and the one by hand. */
async function triggersOf({ client }: Bench): Promise<readonly Trigger[]> {
  const { rows } = await client.query<Trigger>(`
    SELECT t.tgrelid::regclass::text AS table, quote_ident(t.tgname) AS name,
           CASE WHEN t.tgname = 'touched' THEN 'by hand' ELSE 'with' END AS contender
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE NOT t.tgisinternal AND (t.tgname = 'touched' OR p.pronamespace = 'lockkeeper'::regnamespace)`);
  return rows;
}

const enableOnly = (which: Contender, triggers: readonly Trigger[]): string =>
  triggers
    .map(
      ({ table: on, name, contender }) =>
        `ALTER TABLE ${on} ${contender === which ? 'ENABLE ALWAYS' : 'DISABLE'} TRIGGER ${name}`,
    )
    .join('; ');

export const showSingleRow = (found: readonly Comparison[]): string =>
  `One row at a time, microseconds\n\n${table(
    ['statement', 'sync', 'commit', 'without', 'with', 'ratio (spread)', 'by hand'],
    found.map((c) => [
      c.statement,
      c.sync,
      c.commit,
      c.withoutUs.median.toFixed(0),
      c.withUs.median.toFixed(0),
      spread(c.ratio, 2),
      c.byHand ? spread(c.byHand, 2) : '',
    ]),
  )}`;
