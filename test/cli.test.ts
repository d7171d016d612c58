import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { runCli, spawnCli, type CliResult } from './support/cli.ts';
import { sql } from '../src/sql/sql.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';

const ajv = addFormats.default(new Ajv2020({ strict: true, allErrors: true }));

/** Parses a document and holds it to the schema that is published for it. */
async function document(text: string): Promise<Record<string, unknown>> {
  const parsed = JSON.parse(text) as Record<string, unknown>;
  const [, name = ''] = /^lockkeeper\.(\w+)\/1$/u.exec(String(parsed['schema'])) ?? [];
  const schema = JSON.parse(
    await readFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  ) as object;
  const validate = ajv.getSchema(name) ?? ajv.addSchema(schema, name).getSchema(name);
  if (!validate?.(parsed)) throw new Error(`${text}\n${ajv.errorsText(validate?.errors)}`);
  return parsed;
}

interface Project extends TestDatabase {
  readonly cwd: string;
  readonly cli: (...args: string[]) => Promise<CliResult>;
  readonly json: (...args: string[]) => Promise<{ code: number | null; documents: Record<string, unknown>[] }>;
}

/** A folder with migrations and a database; nothing that is printed may hold the password. */
const withProject = (before: string, migrations: Record<string, string>, work: (project: Project) => Promise<void>) =>
  withDatabase(before, async (db) => {
    const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-cli-'));
    try {
      await mkdir(join(cwd, 'migrations'));
      for (const [name, text] of Object.entries(migrations))
        await writeFile(join(cwd, 'migrations', `${name}.yaml`), text);
      const cli = async (...args: string[]) => {
        const result = await runCli(args, { cwd, env: { DATABASE_URL: db.url } });
        expect(result.stdout + result.stderr).not.toContain(new URL(db.url).password);
        return result;
      };
      const json = async (...args: string[]) => {
        const { code, stdout } = await cli(...args, '--json');
        const lines = args[0] === 'apply' || args[0] === 'rollback' ? stdout.trim().split('\n') : [stdout];
        return { code, documents: await Promise.all(lines.map(document)) };
      };
      await work({ ...db, cwd, cli, json });
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

const users = `
  CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
  INSERT INTO users SELECT i, 'user' || i, jsonb_build_object('theme', CASE WHEN i % 2 = 0 THEN 'dark' END, 'n', i)
    FROM generate_series(1, 300) i;
  INSERT INTO users VALUES (999, 'secret-value', '["secret-value"]');
  ANALYZE users;`;

const index = `version: 1
name: users-email
operations: [{ create_index: { table: users, columns: [email] } }]
`;

const preferences = `version: 1
name: preferences
operations:
  - extract_json:
      table: users
      column: preferences
      into: [{ table: user_preferences, columns: { theme: { type: text, from: theme }, n: { type: integer, from: n } } }]
      remainder: reject
`;

it('takes an index from plan to done and back', () =>
  withProject(users, { 'users-email': index }, async ({ cli, json, cwd, rows }) => {
    const pending = await json('status');
    expect(pending.documents[0]).toMatchObject({ migrations: [{ migration: 'users-email', state: 'pending' }] });

    const planned = await cli('plan', 'users-email', '--out', 'plan.json');
    expect(planned).toMatchObject({
      code: 0,
      stderr: 'Wrote plan.json. To run exactly this: lockkeeper apply plan.json\n',
    });
    expect(planned.stdout).toContain('expand/01-index-users_email_idx');
    const plan = await document(await readFile(join(cwd, 'plan.json'), 'utf8'));

    const refused = await cli('apply', 'plan.json');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('lockkeeper apply users-email --yes');

    const applied = await cli('apply', 'plan.json', '--yes');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toMatch(/^users-email: expand is done in .*\n$/u);
    expect(applied.stderr).toMatch(
      /host {6}127\.0\.0\.1[^]*public\.users \(301 rows\)[^]*expand\/01-index-users_email_idx in/u,
    );
    expect(await rows("SELECT FROM pg_indexes WHERE indexname = 'users_email_idx'")).toHaveLength(1);
    const done = await json('status', 'users-email');
    expect(done.documents[0]).toMatchObject({ migrations: [{ state: 'done', planHash: plan['planHash'] }] });

    const back = await json('rollback', 'users-email', '--yes');
    expect(back).toMatchObject({ code: 0 });
    expect(back.documents.at(-1)).toMatchObject({ schema: 'lockkeeper.run/1', direction: 'back', phase: null });
    expect(await rows("SELECT FROM pg_indexes WHERE indexname = 'users_email_idx'")).toEqual([]);
  }));

it('runs no plan that was edited', () =>
  withProject(users, { 'users-email': index }, async ({ cli, cwd }) => {
    await cli('plan', 'users-email', '--out', 'plan.json');
    const text = await readFile(join(cwd, 'plan.json'), 'utf8');
    await writeFile(join(cwd, 'plan.json'), text.replaceAll('(\\"email\\")', '(\\"id\\")'));
    const refused = await cli('apply', 'plan.json', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('error PLAN_STALE');
  }));

it('takes a JSON column through its phases, with every document as published', () =>
  withProject(users, { preferences }, async ({ cli, json, cwd }) => {
    const planned = await json('plan', 'preferences');
    expect(planned.documents[0]).toMatchObject({ schema: 'lockkeeper.plan/1', migration: 'preferences' });
    expect((await cli('plan', 'preferences', '--format', 'markdown')).stdout).toContain('## Pre-deployment checklist');
    expect((await cli('plan', 'preferences', '--format', 'sql')).stdout).toContain(
      'CREATE TABLE "public"."user_preferences"',
    );

    const unwritable = await json('plan', 'preferences', '--out', 'migrations');
    expect(unwritable).toMatchObject({ code: 2, documents: [{ code: 'FILE_NOT_WRITTEN' }] });

    const applied = await json('apply', 'preferences', '--to', 'dual-write', '--yes');
    expect(applied.code).toBe(0);
    expect(applied.documents.at(0)).toMatchObject({ schema: 'lockkeeper.event/1', type: 'run.started' });
    expect(applied.documents.at(-1)).toMatchObject({
      schema: 'lockkeeper.run/1',
      outcome: 'reached',
      phase: 'dual-write',
    });

    expect(await json('status', 'preferences')).toMatchObject({
      documents: [
        {
          migrations: [
            {
              gates: expect.arrayContaining([
                expect.objectContaining({
                  gate: 'old-shape-unused',
                  why: 'use of the old shape is counted from the switch on',
                  opensBy: 'lockkeeper apply preferences --to switch',
                }),
              ]) as unknown,
            },
          ],
        },
      ],
    });

    expect(await json('expect', 'preferences', '--phase', 'dual-write')).toMatchObject({ code: 0 });
    expect(await json('expect', 'preferences', '--phase', 'switch')).toMatchObject({
      code: 3,
      documents: [{ ok: false }],
    });
    expect(await json('verify', 'preferences')).toMatchObject({ code: 0, documents: [{ ok: true }] });
    expect(await json('reads', 'preferences', 'new', '--percent', '5')).toMatchObject({ documents: [{ percent: 5 }] });
    expect(await json('tune', 'preferences', '--workers', '3', '--max-rows-per-second', 'none')).toMatchObject({
      documents: [{ settings: { workers: 3, maxRowsPerSecond: null } }],
    });
    expect(await json('pause', 'preferences')).toMatchObject({ documents: [{ paused: true }] });
    expect(await json('resume', 'preferences')).toMatchObject({ documents: [{ paused: false }] });

    expect(await json('quarantine', 'list', 'preferences')).toMatchObject({ documents: [{ open: 1 }] });
    expect((await cli('quarantine', 'list', 'preferences')).stdout).not.toContain('secret-value');
    expect(await cli('quarantine', 'list', 'preferences', '--show-values')).toMatchObject({ code: 2, stdout: '' });

    const waiting = await json('apply', 'preferences', '--yes');
    expect(waiting).toMatchObject({ code: 3 });
    expect(waiting.documents.at(-1)).toMatchObject({ outcome: 'waiting', phase: 'switch' });
    expect((await json('status', 'preferences')).documents[0]).toMatchObject({ migrations: [{ state: 'waiting' }] });

    expect(await json('quarantine', 'accept', 'preferences', '--note', 'test')).toMatchObject({
      documents: [{ open: 0 }],
    });
    for (const gate of ['old-shape-unused', 'contract-approval'])
      expect(await json('approve', 'preferences', gate, '--expires', '1h')).toMatchObject({
        code: 0,
        documents: [{ gate }],
      });
    expect(await json('apply', 'preferences', '--yes')).toMatchObject({ code: 0 });
    expect((await json('archive', 'list')).documents[0]).toMatchObject({ archives: [{ id: 1, kind: 'column' }] });
    expect(await cli('archive', 'purge', '1')).toMatchObject({ code: 3, stdout: '' });

    expect(await json('rollback', 'preferences', '--to', 'switch', '--yes')).toMatchObject({ code: 0 });
    const other = preferences.replace('remainder: reject', 'remainder: drop');
    await writeFile(join(cwd, 'migrations', 'preferences.yaml'), other);
    const edited = await cli('apply', 'preferences', '--yes', '--json');
    expect(edited.code).toBe(3);
    expect(await document(edited.stdout)).toMatchObject({ schema: 'lockkeeper.error/1', code: 'PLAN_CHANGED' });
  }));

it('says that both shapes differ, and mends them', () =>
  withProject(users, { preferences }, async ({ cli, json, run }) => {
    await cli('apply', 'preferences', '--to', 'backfill', '--yes');
    await run('SET session_replication_role = replica; DELETE FROM user_preferences WHERE user_id = 7');
    expect(await json('verify', 'preferences')).toMatchObject({ code: 3, documents: [{ ok: false }] });
    await cli('verify', 'preferences', '--repair');
    expect(await json('verify', 'preferences')).toMatchObject({ code: 0, documents: [{ ok: true }] });
  }));

it('says for whom a repair waits, can be interrupted meanwhile, and waits for nobody while writers are captured', () =>
  withProject(users, { preferences }, async ({ url, cwd, cli, run, connect }) => {
    const old = await connect('executor', 'old');
    const repairBesideAnOldTransaction = async () => {
      const [{ name } = { name: '' }] = await old.query<{ name: string }>(
        sql`SELECT quote_ident(tgname) AS name FROM pg_trigger WHERE tgrelid = 'public.users'::regclass AND tgname LIKE '~%forward%'`,
      );
      await run(
        `ALTER TABLE users DISABLE TRIGGER ${name}; UPDATE users SET preferences = jsonb_build_object('theme', clock_timestamp()) WHERE id = 8`,
      );
      const child = spawnCli(['verify', 'preferences', '--repair'], { cwd, env: { DATABASE_URL: url } });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      return { child, said: () => said, end: once(child, 'close') };
    };
    try {
      await run('DELETE FROM users WHERE id = 999');
      await cli('apply', 'preferences', '--to', 'backfill', '--yes');
      await old.execute(sql`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_namespace`);
      const captured = await repairBesideAnOldTransaction();
      expect(await captured.end).toEqual([0, null]);
      expect(captured.said()).not.toContain('older transactions');
      await old.execute(sql`ROLLBACK`);

      await cli('apply', 'preferences', '--to', 'dual-write', '--yes');
      await old.execute(sql`BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_namespace`);
      const waiting = await repairBesideAnOldTransaction();
      await expect.poll(waiting.said, { timeout: 30_000 }).toMatch(/waits for older transactions behind pid \d+/u);
      waiting.child.kill('SIGINT');
      expect(await waiting.end).toEqual([130, null]);
      const again = await repairBesideAnOldTransaction();
      await expect.poll(again.said, { timeout: 30_000 }).toContain('waits for older transactions');
      await old.execute(sql`ROLLBACK`);
      expect(await again.end).toEqual([0, null]);
    } finally {
      await old.close();
    }
  }));

const slow = preferences.replace('operations:', 'backfill: { max_rows_per_second: 500 }\noperations:');
const many = `INSERT INTO users SELECT i, 'x', '{}' FROM generate_series(1001, 6000) i; ANALYZE users;`;

it('stops when it is asked to, and goes on later', () =>
  withProject(users + many, { preferences: slow }, async ({ url, cwd, rows, json }) => {
    const child = spawnCli(['apply', 'preferences', '--yes'], { cwd, env: { DATABASE_URL: url } });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/users\.preferences: .* of 5,301 rows/u);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(said).toContain('press Ctrl-C again');
    expect(await rows("SELECT FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper preferences%'")).toEqual(
      [],
    );
    expect((await json('status', 'preferences')).documents[0]).toMatchObject({ migrations: [{ phase: 'expand' }] });
    expect(await json('tune', 'preferences', '--max-rows-per-second', 'none')).toMatchObject({ code: 0 });
    expect(await json('apply', 'preferences', '--to', 'backfill', '--yes')).toMatchObject({ code: 0 });
  }));

it('makes a project, and says whether a migration is well written', () =>
  withProject(
    '',
    { broken: 'version: 1\nname: broken\noperations: [{ rename_colum: {} }]\n' },
    async ({ cli, cwd }) => {
      expect(await cli('init')).toMatchObject({ code: 0 });
      expect(await cli('init')).toMatchObject({ code: 2 });
      expect(await cli('new', 'first')).toMatchObject({ code: 0 });
      expect((await cli('validate', 'first')).stdout).toContain('first is well written: rename_column.');
      expect(await cli('validate', 'broken')).toMatchObject({ code: 2, stderr: '' });
      expect(await cli('plan', 'broken')).toMatchObject({ code: 2, stdout: '' });
      expect(await readFile(join(cwd, 'migrations', 'first.yaml'), 'utf8')).toContain('name: first');
    },
  ));
