import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, figure, ratio, spread, table } from './figures.ts';
import { readOptions, say } from './options.ts';
import { timed } from './server.ts';

/** What `lockkeeper lint` takes, beside squawk-cli. See README.md. */
const { starts, rounds, files, statements, json } = readOptions({
  starts: 20,
  rounds: 5,
  files: 1000,
  statements: 10_000,
});

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const lockkeeper = [inProject('dist/cli/main.js'), 'lint'];
const squawk = [inProject('node_modules/squawk-cli/js/bin/squawk')];

const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-bench-'));
try {
  const one = join(folder, 'one.sql');
  await writeFile(one, 'ALTER TABLE orders ADD COLUMN day date;\nCREATE INDEX orders_day ON orders (day);\n');
  const start = await inTurns(
    starts,
    () => run([...lockkeeper, one]),
    () => run([...squawk, one]),
  );
  const bulk = await writeFiles();
  say(`${bulk.length} files`);
  const many = await inTurns(
    rounds,
    () => run([...lockkeeper, ...bulk]),
    () => run([...squawk, ...bulk]),
  );
  const node = await inTurns(
    starts,
    () => run(['--eval', '0']),
    () => Promise.resolve(),
  );
  const result = { benchmark: 'lint', files, statements, start, bulk: many, node: node.ours };
  console.log(json ? JSON.stringify(result, null, 2) : shown());

  function shown(): string {
    const row = (name: string, { ours, theirs, times }: Turns) => [
      name,
      ...[ours, theirs].map((f) => spread(f)),
      spread(times, 2),
    ];
    return [
      table(
        ['ms', 'lockkeeper', 'squawk-cli', 'times'],
        [row('one file', start), row(`${files} files, ${statements} statements`, many)],
      ),
      `Node itself starts in ${spread(node.ours)} ms.`,
    ].join('\n\n');
  }
} finally {
  await rm(folder, { recursive: true });
}

interface Turns {
  readonly ours: Figure;
  readonly theirs: Figure;
  readonly times: Figure;
}

async function inTurns(count: number, ours: () => Promise<void>, theirs: () => Promise<void>): Promise<Turns> {
  await ours(); // files into the system's cache
  await theirs();
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i++) {
    a.push(await timed(ours));
    b.push(await timed(theirs));
  }
  return { ours: figure(a), theirs: figure(b), times: ratio(a, b) };
}

/** Both exit with 1 when they find something, which they do. */
async function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 && code !== 1) throw new Error(`${args[0] ?? ''} ended with ${String(code)}.`);
}

async function writeFiles(): Promise<readonly string[]> {
  const perFile = Math.ceil(statements / files);
  const paths = Array.from({ length: files }, (_, i) => join(folder, `${String(i).padStart(6, '0')}_change.sql`));
  for (const [i, path] of paths.entries())
    await writeFile(path, Array.from({ length: perFile }, (_, n) => statement(i, n)).join('\n\n'));
  return paths;
}

/** What migrations are made of: a table of their own, and changes of those that are there. */
function statement(file: number, n: number): string {
  const table = `things_${file % 100}`;
  const kinds = [
    `CREATE TABLE new_${file} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, made timestamptz NOT NULL DEFAULT now());`,
    `CREATE INDEX new_${file}_name ON new_${file} (name) WHERE name <> '';`,
    `ALTER TABLE ${table} ADD COLUMN column_${file} integer;`,
    `ALTER TABLE ${table} ADD CONSTRAINT check_${file} CHECK (column_${file} > 0) NOT VALID;`,
    `CREATE INDEX CONCURRENTLY index_${file} ON ${table} (column_${file});`,
    `UPDATE ${table} SET column_${file} = 1 WHERE id BETWEEN 1 AND 1000;`,
    `CREATE OR REPLACE FUNCTION function_${file}(a integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN a + ${file}; END $$;`,
    `ALTER TABLE ${table} ALTER COLUMN column_${file} SET DEFAULT ${file};`,
    `COMMENT ON COLUMN ${table}.column_${file} IS 'what it is for';`,
    `CREATE INDEX late_${file} ON ${table} (name, column_${file});`,
  ];
  return kinds[n % kinds.length] ?? '';
}
