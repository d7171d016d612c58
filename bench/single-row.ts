import type pg from 'pg';
import { figure, ratio, spread, table, type Figure } from './figures.ts';
import { say } from './options.ts';
import { targets } from './plain-sql.ts';
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
}

/** One statement after another on one session, prepared, our triggers switched off and on between the measurements. */
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
    const triggers = await ourTriggers(bench);
    for (const commit of ['off', 'on'] as const) {
      await client.query(`SET synchronous_commit = ${commit}`);
      for (const statement of Object.keys(statements) as (keyof typeof statements)[]) {
        const times: Record<'without' | 'with', number[]> = { without: [], with: [] };
        await run(client, statement, rows, 100);
        for (let round = 0; round < rounds; round++)
          for (const which of ['without', 'with'] as const) {
            await bench.run(alter(triggers, which === 'with' ? 'ENABLE ALWAYS' : 'DISABLE'));
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
        });
        say(`  ${sync}, synchronous_commit ${commit}, ${statement}: ${spread(compared, 2)}`);
      }
    }
  }
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

async function ourTriggers({ client }: Bench): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT quote_ident(t.tgname) AS name
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgrelid = 'users'::regclass AND NOT t.tgisinternal AND p.pronamespace = 'lockkeeper'::regnamespace`);
  return rows.map((row) => row.name);
}

const alter = (triggers: readonly string[], how: string): string =>
  triggers.map((trigger) => `ALTER TABLE users ${how} TRIGGER ${trigger}`).join('; ');

export const showSingleRow = (found: readonly Comparison[]): string =>
  `One row at a time, microseconds\n\n${table(
    ['statement', 'sync', 'commit', 'without', 'with', 'ratio (spread)'],
    found.map((c) => [
      c.statement,
      c.sync,
      c.commit,
      c.withoutUs.median.toFixed(0),
      c.withUs.median.toFixed(0),
      spread(c.ratio, 2),
    ]),
  )}`;
