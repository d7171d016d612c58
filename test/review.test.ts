import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { listQuarantine } from '../src/app/quarantine.ts';
import { status } from '../src/app/status.ts';
import { verify } from '../src/app/verify.ts';
import { listArchives, purgeArchive } from '../src/app/archive.ts';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';

// What a review found after the first tests had passed: each once went wrong without anybody noticing.
const flagship = readFileSync('examples/extract-json/before.sql', 'utf8');
const flagshipFile = 'examples/extract-json/migration.yaml';

async function written(name: string, operation: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'lockkeeper-')), `${name}.yaml`);
  await writeFile(file, `version: 1\nname: ${name}\noperations:\n  - ${operation}\n`);
  return file;
}

it('puts values that do not convert to another type in quarantine, and tells of them before', () =>
  withDatabase(
    `CREATE TABLE items (id int PRIMARY KEY, price text); INSERT INTO items VALUES (1, '5'), (2, 'free')`,
    async (db) => {
      const file = await written(
        'cents',
        'change_column_type: { table: items, column: price, to: cents, type: integer }',
      );
      const { deps, apply, approveAll } = engineOn(db.connect, file);
      expect((await planMigration(deps, { migration: file })).misfits).toHaveLength(1);
      await apply('switch');
      await db.run(`UPDATE items SET price = 'gratis' WHERE id = 1`);
      await approveAll();
      const stopped = await apply();
      expect(stopped.closedGates.map((g) => g.gate)).toContain('quarantine');
      expect((await listQuarantine(deps, { migration: 'cents', showValues: false })).open).toBe(2);
    },
  ));

it('takes NULL for what new code wrote once the backfill is done, also on the way back from contract', () =>
  withDatabase(
    `CREATE TABLE people (id int PRIMARY KEY, nick text, seen int DEFAULT 0); INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 20) i`,
    async (db) => {
      const file = await written('handle', 'rename_column: { table: people, from: nick, to: handle }');
      const { apply, rollback, approveAll } = engineOn(db.connect, file);
      await apply('dual-write');
      await db.run('UPDATE people SET handle = NULL WHERE id = 5; UPDATE people SET seen = seen + 1 WHERE id = 5');
      await approveAll();
      await apply();
      await db.run('UPDATE people SET handle = NULL WHERE id = 6');
      await rollback('switch');
      await db.run('UPDATE people SET seen = seen + 1');
      expect(await db.rows('SELECT id, nick, handle FROM people WHERE id IN (5, 6) ORDER BY id')).toEqual([
        { id: 5, nick: null, handle: null },
        { id: 6, nick: null, handle: null },
      ]);
    },
  ));

it('keeps the document of a row that is deleted and inserted again in one statement', () =>
  withDatabase(flagship, async (db) => {
    await engineOn(db.connect, flagshipFile).apply('dual-write');
    await db.run(
      `WITH d AS (DELETE FROM users WHERE id = 8 RETURNING *) INSERT INTO users SELECT id, email, '{"theme":"B","extra":1}' FROM d`,
    );
    expect(await db.rows('SELECT preferences FROM users WHERE id = 8')).toEqual([
      { preferences: { theme: 'B', extra: 1 } },
    ]);
    expect(await db.rows('SELECT theme, other FROM user_preferences WHERE user_id = 8')).toEqual([
      { theme: 'B', other: { extra: 1 } },
    ]);
  }));

it('lets keys be shifted, and writes no defaults into documents that had none', () =>
  withDatabase(flagship, async (db) => {
    const { deps, apply } = engineOn(db.connect, flagshipFile);
    await apply('dual-write');
    await db.run(
      `DELETE FROM users WHERE id = 990; UPDATE users SET id = id - 1 WHERE id > 990; UPDATE users SET id = 9051 WHERE id = 51`,
    );
    expect((await verify(deps, { migration: 'user-preferences', repair: false })).ok).toBe(true);
    expect(await db.rows('SELECT preferences FROM users WHERE id = 9051')).toEqual([{ preferences: {} }]);
  }));

it('refuses at plan time a function that our own functions would not find', () =>
  withDatabase(
    `CREATE TABLE items (id int PRIMARY KEY, price numeric); CREATE FUNCTION cents(numeric) RETURNS int LANGUAGE sql AS 'SELECT ($1 * 100)::int'`,
    async (db) => {
      const operation = (f: string) =>
        `change_column_type: { table: items, column: price, to: cents, type: integer, up: "${f}(price)" }`;
      const plan = async (f: string) => {
        const file = await written('cents', operation(f));
        return await planMigration(engineOn(db.connect, file).deps, { migration: file });
      };
      await expect(plan('cents')).rejects.toThrow(expect.objectContaining({ code: 'EXPRESSION_INVALID' }));
      expect((await plan('public.cents')).migration).toBe('cents');
    },
  ));

it('shows the status after everything was taken back, and refuses the way back once an archive was purged', () =>
  withDatabase(flagship, async (db) => {
    const { deps, apply, rollback, approveAll, accept } = engineOn(db.connect, flagshipFile);
    await apply('expand');
    await rollback();
    expect((await status(deps, {})).migrations.map((m) => m.state)).toContain('rolledBack');
    await apply('switch');
    await approveAll();
    await accept();
    await apply();
    await expect(verify(deps, { migration: 'user-preferences', repair: false })).rejects.toThrow(
      expect.objectContaining({ code: 'WRONG_PHASE' }),
    );
    for (const { id } of (await listArchives(deps)).archives)
      await purgeArchive(deps, { id, confirm: () => Promise.resolve(true) });
    await expect(rollback('switch')).rejects.toThrow(expect.objectContaining({ code: 'ARCHIVE_NOT_FOUND' }));
  }));

it('keeps a plan of many columns small', () =>
  withDatabase('CREATE TABLE docs (id int PRIMARY KEY, doc jsonb)', async (db) => {
    const columns = Array.from({ length: 40 }, (_, i) => `c${i}: { type: text, from: c${i} }`).join(', ');
    const file = await written(
      'wide',
      `extract_json: { table: docs, column: doc, into: [{ table: wide, columns: { ${columns} } }], remainder: drop }`,
    );
    const { deps, apply } = engineOn(db.connect, file);
    expect(JSON.stringify(await planMigration(deps, { migration: file })).length).toBeLessThan(3_000_000);
    expect((await apply('dual-write')).outcome).toBe('reached');
  }));

it('does not require a value of rows that have none, also when somebody has accepted that', () =>
  withDatabase(
    `CREATE TABLE items (id int PRIMARY KEY, size text NOT NULL, name text); INSERT INTO items VALUES (1, '5', 'a'), (2, 'large', 'b')`,
    async (db) => {
      const operation = 'change_column_type: { table: items, column: size, to: inches, type: integer }';
      const { apply, approveAll, accept } = engineOn(db.connect, await written('inches', operation));
      await apply('switch');
      await approveAll();
      await accept();
      const waiting = await apply();
      expect(waiting.closedGates.map((g) => [g.gate, g.why])).toEqual([
        ['quarantine', 'rows without a value in the new column, which contract makes NOT NULL: 1'],
      ]);
      await db.run(`UPDATE items SET name = 'still written' WHERE id = 2`);
      await db.run('UPDATE items SET inches = 20 WHERE id = 2');
      expect((await apply()).outcome).toBe('reached');
    },
  ));

it('purges no column of a table that an open migration touches', () =>
  withDatabase(
    `CREATE TABLE users (id int PRIMARY KEY, a text, b text); INSERT INTO users VALUES (1, 'x', 'y')`,
    async (db) => {
      const renamed = async (from: string) =>
        engineOn(
          db.connect,
          await written(`rename-${from}`, `rename_column: { table: users, from: ${from}, to: new_${from} }`),
        );
      const [first, second] = [await renamed('a'), await renamed('b')];
      await first.apply('switch');
      await first.approveAll();
      await first.apply();
      await second.apply('dual-write');
      const [archive] = (await listArchives(first.deps)).archives;
      const purge = () => purgeArchive(first.deps, { id: archive?.id ?? 0, confirm: () => Promise.resolve(true) });
      await expect(purge()).rejects.toThrow(expect.objectContaining({ code: 'OVERLAP' }));
      expect((await second.apply('switch')).outcome).toBe('reached');
      await second.approveAll();
      await second.apply();
      expect((await purge()).archives).toHaveLength(1);
    },
  ));
