import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { findUses } from './find-uses.ts';
import type { Watched } from './statement-scope.ts';
import type { Tree } from './syntax-tree.ts';

const users: Watched = { schema: 'public', name: 'users', columns: ['prefs', 'Full Name'], visible: true };

beforeAll(loadModule);

/** `r`, `w` and `1` (fails once), then the columns; null for a utility statement. */
function uses(query: string, watched: readonly Watched[] = [users]): string | null {
  const found = findUses(parseSync(query).stmts?.[0]?.stmt ?? {}, watched);
  if (!found) return null;
  const flags = (found.reads ? 'r' : '') + (found.writes ? 'w' : '') + (found.returnsAll ? '1' : '');
  return [flags, ...[...found.columns].sort()].join(' ').trim();
}

describe('findUses', () => {
  it.each([
    // columns
    ['SELECT prefs FROM users', 'r prefs'],
    ['SELECT id FROM users', ''],
    ['SELECT PREFS FROM Users', 'r prefs'],
    ['SELECT "Prefs" FROM users', ''],
    ['SELECT prefs FROM "Users"', ''],
    ['SELECT "Full Name" FROM users', 'r Full Name'],
    ['SELECT u.prefs FROM users u', 'r prefs'],
    ['SELECT u.prefs FROM users AS u WHERE u.id = $1', 'r prefs'],
    ['SELECT users.prefs FROM public.users', 'r prefs'],
    ['SELECT public.users.prefs FROM public.users', 'r prefs'],
    ['SELECT prefs FROM audit.users', ''],
    ['SELECT o.prefs FROM users u JOIN orders o ON o.u = u.id', ''],
    ['SELECT id FROM users WHERE prefs @> $1', 'r prefs'],
    ['SELECT id FROM users ORDER BY prefs', 'r prefs'],
    ['SELECT (u).prefs FROM users u', 'r prefs'],
    ["SELECT prefs->>'a' FROM ONLY users TABLESAMPLE SYSTEM (1)", 'r prefs'],
    ['SELECT 1 FROM users JOIN more USING (prefs)', 'r prefs'],
    ['SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = o.u AND prefs IS NULL)', 'r prefs'],
    ['SELECT (SELECT x.a FROM x WHERE x.b = u.prefs) FROM users u', 'r prefs'],
    ['SELECT 1 FROM users u, LATERAL (SELECT u.prefs) l', 'r prefs'],
    ['SELECT 1 FROM users u, jsonb_each(u.prefs) e', 'r prefs'],
    ['SELECT 1 FROM users, (SELECT prefs FROM imports) i', ''],
    ['SELECT 1 UNION ALL SELECT prefs FROM users', 'r prefs'],
    // everything
    ['SELECT * FROM users', 'r1 *'],
    ['TABLE users', 'r1 *'],
    ['SELECT * FROM orders', ''],
    ['SELECT u.* FROM users u JOIN orders o ON true', 'r1 *'],
    ['SELECT o.* FROM users u JOIN orders o ON true', ''],
    ['SELECT * FROM orders o LEFT JOIN users u ON true', 'r1 *'],
    ['SELECT * FROM (SELECT * FROM users) s', 'r1 *'],
    ['SELECT s.id FROM (SELECT * FROM users) s', 'r *'],
    ['SELECT count(*) FROM users', ''],
    ['SELECT EXISTS (SELECT * FROM users)', 'r *'],
    ['SELECT to_jsonb(u) FROM users u', 'r *'],
    ['SELECT row_to_json(u.*) FROM users u', 'r *'],
    ['SELECT (u).* FROM users u', 'r *'],
    ['SELECT a FROM users u (a, b)', 'r *'],
    ['SELECT 1 FROM users NATURAL JOIN orders', 'r *'],
    ['SELECT 1 UNION SELECT * FROM users', 'r1 *'],
    // common table expressions
    ['WITH u AS (SELECT * FROM users) SELECT * FROM u', 'r1 *'],
    ['WITH u AS (SELECT * FROM users) SELECT id FROM u', 'r *'],
    ['WITH u AS (SELECT * FROM users), v AS (SELECT * FROM u) SELECT * FROM v', 'r1 *'],
    ['WITH users AS (SELECT 1 AS prefs) SELECT prefs, * FROM users', ''],
    ['WITH users AS (SELECT prefs FROM users) SELECT * FROM users', 'r prefs'],
    ['WITH RECURSIVE t AS (SELECT id FROM users UNION SELECT t.id FROM t) SELECT * FROM t', ''],
    ['WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone', 'rw1 *'],
    // writes
    ['INSERT INTO users VALUES ($1, $2)', 'w *'],
    ['INSERT INTO users (id, prefs) VALUES ($1, $2)', 'w prefs'],
    ['INSERT INTO users (id) VALUES ($1)', ''],
    ['INSERT INTO users (id) VALUES ($1) RETURNING *', 'r1 *'],
    ['INSERT INTO users (id) SELECT prefs FROM imports', ''],
    ['INSERT INTO copies (id) SELECT prefs FROM users', 'r prefs'],
    ['INSERT INTO copies SELECT * FROM users', 'r *'],
    ['INSERT INTO users (id) VALUES ($1) ON CONFLICT (prefs) DO NOTHING', 'r prefs'],
    ['INSERT INTO users (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET prefs = $2', 'w prefs'],
    ['INSERT INTO users (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = length(excluded.prefs)', 'r prefs'],
    ['UPDATE users SET prefs = $1', 'w prefs'],
    ['UPDATE users SET prefs = prefs || $1', 'rw prefs'],
    ['UPDATE users SET (id, prefs) = (SELECT 1, 2)', 'w prefs'],
    ['UPDATE users u SET id = 1 FROM orders o WHERE o.prefs = u.id RETURNING u.*', 'r1 *'],
    ['UPDATE orders SET prefs = 1', ''],
    ['DELETE FROM users WHERE id = $1', 'w'],
    ['DELETE FROM orders USING users u WHERE u.prefs IS NULL', 'r prefs'],
    ['MERGE INTO users u USING s ON u.id = s.id WHEN MATCHED THEN UPDATE SET prefs = s.x', 'w prefs'],
    ['MERGE INTO users u USING s ON u.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (1)', 'w *'],
    ['MERGE INTO s USING users u ON u.prefs = s.id WHEN MATCHED THEN DELETE', 'r prefs'],
    // utility
    ['CREATE TABLE copy AS SELECT * FROM users', null],
    ['EXPLAIN SELECT * FROM users', null],
  ])('%s', (query, expected) => {
    expect(uses(query)).toBe(expected);
  });

  it('takes a bare name for the table only when that is what it means', () => {
    const hidden = { ...users, visible: false };
    expect(uses('SELECT prefs FROM users', [hidden])).toBe('');
    expect(uses('SELECT prefs FROM public.users', [hidden])).toBe('r prefs');
  });

  it('notices every use of a table that is watched as a whole', () => {
    const whole = { ...users, columns: [] };
    const named = (query: string) => findUses(parseSync(query).stmts?.[0]?.stmt as Tree, [whole])?.named;
    expect(named('DELETE FROM users')).toBe(true);
    expect(named('SELECT 1 FROM orders, (SELECT id FROM users) u')).toBe(true);
    expect(named('SELECT 1 FROM orders')).toBe(false);
  });

  it('says in which schemas tables are', () => {
    const found = findUses(parseSync('SELECT 1 FROM lockkeeper.dirty, users').stmts?.[0]?.stmt as Tree, [users]);
    expect([...(found?.schemas ?? [])]).toEqual(['lockkeeper']);
  });
});
