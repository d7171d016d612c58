import { expect, it } from 'vitest';
import { derivedName } from './names.ts';
import { bind, bound, ident, inline, join, raw, sql } from './sql.ts';

const statement = sql`SELECT ${ident('a"b')} FROM t WHERE x = ${"O'Brien"} AND ${sql`y > ${3}`} ${raw('LIMIT 1')}`;

it('binds values as parameters', () => {
  expect(bind(statement)).toEqual({
    text: `SELECT "a""b" FROM t WHERE x = $1 AND y > $2 LIMIT 1`,
    values: ["O'Brien", 3],
  });
});

it('writes values as literals for DDL', () => {
  expect(inline(statement)).toBe(`SELECT "a""b" FROM t WHERE x = 'O''Brien' AND y > 3 LIMIT 1`);
});

it('writes literals that mean the same under every setting', () => {
  expect(inline(sql`${'a\\b'} ${-1} ${null} ${true} ${['x', "y'"]} ${[]}`)).toBe(
    `E'a\\\\b' '-1' null true ARRAY['x', 'y'''] '{}'`,
  );
});

it('leaves text that looks like a parameter to the server', () => {
  expect(bind(bound(`SELECT '$1', $1`, ['v']))).toEqual({ text: `SELECT '$1', $1`, values: ['v'] });
});

it('joins pieces', () => {
  expect(inline(join([sql`a`, sql`b`], ' OR '))).toBe('a OR b');
  expect(inline(join([]))).toBe('');
});

it.each([
  ['x'.repeat(64), 'IDENTIFIER_TOO_LONG'],
  ['é'.repeat(32), 'IDENTIFIER_TOO_LONG'],
  ['a\0b', 'ZERO_BYTE'],
])('refuses the name %j', (name, code) => {
  expect(() => ident(name)).toThrow(expect.objectContaining({ code }));
});

it('shortens derived names to 63 bytes, whole characters, each to its own', () => {
  const long = '🔒'.repeat(20);
  const [a, b] = [derivedName(long, 'idx'), derivedName(long, 'idy')];
  expect(Buffer.byteLength(a)).toBeLessThanOrEqual(63);
  expect(a).not.toBe(b);
  expect(a).not.toContain('\uFFFD');
  expect(derivedName('users', 'idx')).toBe('users_idx');
});
