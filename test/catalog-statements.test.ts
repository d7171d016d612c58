import { describe, expect, it } from 'vitest';
import { inferJson } from '../src/catalog/infer-json.ts';
import { readStatements } from '../src/catalog/read-statements.ts';
import { statementCalls } from '../src/catalog/statement-calls.ts';
import type { Queryable } from '../src/database/database.ts';
import { ident, raw, sql } from '../src/sql/sql.ts';
import { withDatabase } from './support/database.ts';

const users = { table: { schema: 'public', name: 'users' }, columns: ['prefs'] };

const before = `
  CREATE SCHEMA "ext 1"; CREATE EXTENSION pg_stat_statements SCHEMA "ext 1"; CREATE SCHEMA lockkeeper;
  CREATE TABLE lockkeeper.dirty (id int);
  CREATE TABLE users (id int PRIMARY KEY, prefs jsonb); CREATE TABLE "Us""ers" (id int, "Prefs" jsonb);
  CREATE SCHEMA audit; CREATE TABLE audit.users (id int, prefs jsonb)`;

const run = async (db: Queryable, statements: readonly string[]) => {
  for (const statement of statements) await db.execute(raw(statement));
};

describe('readStatements', () => {
  it('finds the statements that name a column, with their calls', () =>
    withDatabase(before, async (db) => {
      await run(db, [
        `SELECT u.prefs -> 'secret 1' FROM users AS u WHERE id = 11`,
        `SELECT u.prefs -> 'secret 2' FROM users AS u WHERE id = 12`,
        `SELECT * FROM users WHERE id = 13`,
        `INSERT INTO users VALUES (14, '{}')`,
        `INSERT INTO users (id) VALUES (15) RETURNING id`,
        `WITH x AS (SELECT prefs FROM "users") SELECT count(*) FROM x`,
        `UPDATE public.users SET prefs = '{"secret": 3}' WHERE id = 16 RETURNING *`,
        `SELECT id FROM users WHERE id = 17`,
        `SELECT prefs FROM audit.users`,
        `CREATE TABLE copied AS SELECT prefs, 'secret 4' AS s FROM users`,
        `SELECT prefs FROM users JOIN lockkeeper.dirty USING (id)`,
        `SELECT prefs /* lockkeeper */ FROM users`,
      ]);
      await inferJson(db, users.table, 'prefs');
      const { statements, why } = await readStatements(db, [users]);
      expect(statements).toEqual([
        affected(`SELECT u.prefs -> $1 FROM users AS u WHERE id = $2`, 'r', ['prefs'], 2),
        affected(`INSERT INTO users VALUES ($1, $2)`, 'w', ['*']),
        affected(`SELECT * FROM users WHERE id = $1`, 'r1', ['*']),
        affected(`UPDATE public.users SET prefs = $1 WHERE id = $2 RETURNING *`, 'rw1', ['*', 'prefs']),
        affected(`WITH x AS (SELECT prefs FROM "users") SELECT count(*) FROM x`, 'r', ['prefs']),
      ]);
      expect(why).toBe(
        'Read from pg_stat_statements of this server: what it has not seen, or has forgotten, is not here.',
      );
      expect(JSON.stringify(statements)).not.toContain('secret');
    }));

  const affected = (query: string, flags: string, columns: readonly string[], calls = 1) => ({
    query,
    calls,
    reads: flags.includes('r'),
    writes: flags.includes('w'),
    columns,
    failsOnce: flags.includes('1'),
  });

  it('takes names as they are written, and watches several tables', () =>
    withDatabase(before, async (db) => {
      await run(db, [`SELECT "Prefs" FROM "Us""ers"`, `SELECT prefs FROM users`, `SELECT id FROM audit.users`]);
      const found = async (...tables: Parameters<typeof readStatements>[1]) =>
        (await readStatements(db, tables)).statements?.map((s) => s.query).sort();
      const odd = { table: { schema: 'public', name: 'Us"ers' }, columns: ['Prefs'] };
      expect(await found(odd)).toEqual([`SELECT "Prefs" FROM "Us""ers"`]);
      expect(await found({ ...odd, columns: ['prefs'] })).toEqual([]);
      expect(await found(odd, users)).toEqual([`SELECT "Prefs" FROM "Us""ers"`, `SELECT prefs FROM users`]);
      const audited = { schema: 'audit', name: 'users' };
      expect(await found({ table: audited, columns: ['prefs'] })).toEqual([]);
      expect(await found({ table: audited, columns: [] })).toEqual([`SELECT id FROM audit.users`]);
      await db.execute(sql`SET lockkeeper.search_path = audit`);
      expect(await found({ table: audited, columns: ['prefs'] })).toEqual([`SELECT prefs FROM users`]);
    }));

  it('says why there is nothing to read', () =>
    withDatabase('', async (db) => {
      expect(await readStatements(db, [users])).toEqual({
        statements: null,
        why: 'The extension pg_stat_statements is not installed in this database (CREATE EXTENSION pg_stat_statements).',
      });
      expect(await statementCalls(db)).toBe(null);
    }));

  it('says how much it may not see, and reads nothing where it may not', () =>
    withDatabase(before, async (db) => {
      await run(db, [`SELECT prefs FROM users`]);
      const [row] = await db.query<{ name: string }>(
        sql`SELECT 'watcher_' || oid AS name FROM pg_database WHERE datname = current_database()`,
      );
      const watcher = ident(row?.name ?? '');
      const asWatcher = async () => {
        await db.execute(sql`SET SESSION AUTHORIZATION ${watcher}`);
        return readStatements(db, [users]).finally(() => db.execute(sql`RESET SESSION AUTHORIZATION`));
      };
      await db.execute(sql`CREATE ROLE ${watcher}`);
      const refused = await asWatcher();
      await db.execute(sql`GRANT USAGE ON SCHEMA "ext 1" TO ${watcher}`);
      const hidden = await asWatcher();
      await db.execute(sql`DROP OWNED BY ${watcher}; DROP ROLE ${watcher}`);
      expect(refused).toEqual({
        statements: null,
        why: 'The extension pg_stat_statements may not be read by this role.',
      });
      expect(hidden.statements).toEqual([]);
      expect(hidden.why).toMatch(/\d+ statements of other roles are hidden \(GRANT pg_read_all_stats shows them\)\.$/);
    }));
});

describe('statementCalls', () => {
  it('lets two readings be compared, and leaves out what may hold constants', () =>
    withDatabase(before, async (db) => {
      await run(db, [
        `SELECT prefs FROM users`,
        `-- from the app\n/* x **/ (SELECT id FROM users)`,
        `SET work_mem = '5MB'`,
      ]);
      const first = await statementCalls(db);
      await run(db, [`SELECT prefs FROM users`, `SELECT prefs FROM users`]);
      const second = await statementCalls(db);
      const calls = (reading: typeof first) =>
        reading?.statements.find((s) => s.query === 'SELECT prefs FROM users')?.calls;
      expect([calls(first), calls(second)]).toEqual([1, 3]);
      expect(first?.statements.some((s) => s.query.includes('(SELECT id FROM users)'))).toBe(true);
      expect(first?.statements.some((s) => /^SET/i.test(s.query))).toBe(false);
      expect(first?.since).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(first?.dealloc).toBeTypeOf('number');
      expect(first?.statements.every((s) => /^-?\d+$/.test(s.queryid))).toBe(true);
    }));
});
