import { readFileSync, writeFileSync } from 'node:fs';
import { connectTo } from '../src/database/connect.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { upgrades } from '../src/journal/install.ts';
import { inline, raw } from '../src/sql/sql.ts';
import { migrate } from '../test/support/example.ts';

/**
 * Writes test/support/journals/<version>.sql: a database with the flagship's example switched, as this version leaves it, in plain SQL.
 * Run at each release: `npx jiti scripts/dump-journal.ts 0.1.0`.
 */
const [version = '0.1.0'] = process.argv.slice(2);
const example = 'examples/extract-json';
const server = await startEmbedded({ flags: ['-c', 'fsync=off'] });
try {
  const connect = connectTo(server.target);
  const session = await connect('executor', 'dump');
  const rows = <Row>(text: string) => session.query<Row>(raw(text));
  const before = readFileSync(`${example}/before.sql`, 'utf8').replace(
    'generate_series(1, 1000)',
    'generate_series(1, 100)',
  );
  await session.execute(raw(`SET search_path = public; ${before}`));
  const m = migrate(connect, `${example}/migration.yaml`);
  await m.to('switch');
  await m.accept();
  const plan = await m.plan();
  const steps = plan.phases.filter((p) => p.name !== 'contract').flatMap((p) => p.steps);
  const tables = await rows<{ name: string; identity: boolean }>(
    `SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attidentity <> '') AS identity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'lockkeeper' AND c.relkind = 'r' AND c.relname NOT IN ('meta', 'sweep', 'chunk') ORDER BY c.relname <> 'run', 1`,
  );
  const inserts: string[] = [];
  for (const { name, identity } of tables) {
    inserts.push(await copyOf('lockkeeper', name, '1'));
    if (identity)
      inserts.push(
        `SELECT setval(pg_get_serial_sequence('lockkeeper.${name}', 'id'), (SELECT max(id) FROM lockkeeper.${name}));`,
      );
  }
  const ddl = steps.flatMap((s) => ('sql' in s && s.kind !== 'switch' ? [s] : []));
  const isNewTable = (s: { readonly id: string }) => /^expand\/\d+-create-/.test(s.id);
  const runnable = (list: typeof ddl) => list.map((s) => `${s.sql.replace('INDEX CONCURRENTLY', 'INDEX')};`);
  const statements = [
    `-- The journal of version ${version}: made by scripts/dump-journal.ts, never edited.`,
    before.trim(),
    'CREATE SCHEMA lockkeeper;',
    'SET search_path = pg_catalog, pg_temp;',
    ...upgrades('lockkeeper').map((upgrade) => `${inline(upgrade).trim()};`),
    ...runnable(ddl.filter(isNewTable)),
    ...(await Promise.all(plan.newTables.map((t) => copyOf('public', t.name, 'user_id')))),
    ...runnable(ddl.filter((s) => !isNewTable(s))),
    ...inserts,
    `SET search_path = "$user", public;`,
  ];
  writeFileSync(`test/support/journals/${version}.sql`, `${statements.join('\n\n')}\n`);

  async function copyOf(schema: string, table: string, order: string): Promise<string> {
    const found = await rows<{ text: string }>(
      `SELECT to_jsonb(t)::text AS text FROM ${schema}.${table} t ORDER BY ${order}`,
    );
    if (!found.length) return '';
    const values = found.map(({ text }) => `  ('${text.replaceAll("'", "''")}'::jsonb)`).join(',\n');
    return `INSERT INTO ${schema}.${table} ${schema === 'lockkeeper' ? 'OVERRIDING SYSTEM VALUE ' : ''}SELECT (jsonb_populate_record(NULL::${schema}.${table}, v.doc)).* FROM (VALUES\n${values}) AS v (doc);`;
  }
} finally {
  await server.stop();
}
