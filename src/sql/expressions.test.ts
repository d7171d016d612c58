import { expect, it } from 'vitest';
import { checkExpression, columnsOf, substituteColumns } from './expressions.ts';

it('finds columns, also behind multi-byte text', () => {
  expect(columnsOf(`'é' || t."A b" > lower(x)`, 'check')).toEqual(['A b', 'x']);
});

it('replaces columns by other text and leaves the rest', () => {
  const doubled = substituteColumns(`'é' || t.digest in ('digest', digest)`, 'check', () => '(d->>1)');
  expect(doubled).toBe(`'é' || (d->>1) in ('digest', (d->>1))`);
});

it.each([
  '1); DROP TABLE users; SELECT (1',
  'a) FROM (SELECT 1',
  'a), (b',
  'a -- b',
  'a /* b */',
  '(SELECT 1)',
  'x.*',
  '$1',
  '',
  'a b c',
])('refuses %s', (text) => {
  expect(() => checkExpression(text, 'up')).toThrow(expect.objectContaining({ code: 'EXPRESSION_INVALID' }));
});
