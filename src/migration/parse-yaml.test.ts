import { expect, it } from 'vitest';
import { lineAndColumn } from './problem.ts';
import { parseYaml } from './parse-yaml.ts';

const flaws = (text: string) => {
  const source = parseYaml(text);
  return source.flaws.map(({ offset, message }) => {
    const { line, column } = lineAndColumn(source.text, offset);
    return `${line}:${column} ${message}`;
  });
};

const bomb = [
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...['b', 'c', 'd', 'e', 'f'].map(
    (n, i) =>
      `${n}: &${n} [${Array(9)
        .fill(`*${'abcdef'[i] ?? ''}`)
        .join(', ')}]`,
  ),
].join('\n');

it.each([
  ['a tab', 'a:\n\tb: 2', ['2:1 A tab cannot indent YAML.']],
  ['a second document', 'a: 1\n---\nb: 2', ['2:1 A second document starts here: one file holds one.']],
  ['a duplicate key', 'a: 1\na: 2', ['2:1 This key is there twice in the same mapping.']],
  ['an unknown alias', 'a: *b', ['1:4 No anchor (&name) before this alias has its name.']],
  ['an alias of what it is in', 'a: &a [*a]', ['1:8 This alias (*name) stands inside what it repeats.']],
  ['a bomb of aliases', bomb, ['2:8 The aliases (*name) from here on multiply into far too much data.']],
  ['a tag', 'a: !secret b', ['1:4 Tags (!name) are not supported.']],
  ['a key that is a list', '? [a]\n: 1', ['1:3 A key must be text.']],
  ['a prototype', '__proto__: 1', ['1:1 The key __proto__ cannot be used.']],
  ['a long number', 'a: 12345678901234567', ['1:4 This number has more digits than would be kept.']],
  ['an unquoted placeholder', 'a: { url: ${URL} }', ['1:12 Inside { } and [ ] a ${NAME} needs quotes.']],
  ['bad escapes, unquoted', 'a: "x\\q"', ['1:6 In double quotes a backslash starts an escape, and this is none.']],
])('refuses %s, with its place', (_, text, expected) => {
  expect(flaws(text)).toEqual(expected);
});

it.each(['[', '- ', '{a: '])('refuses deep nesting of %s', (open) => {
  expect(flaws(open.repeat(3000))).toEqual([expect.stringMatching(/^1:\d+ The document is nested more than 100/u)]);
});

it('refuses a file that is too long before parsing it', () => {
  expect(flaws('a'.repeat(200_001))).toEqual(['1:1 The file is longer than 200000 characters.']);
});

it('never quotes what was written', () => {
  for (const text of [
    'u: |s3cret',
    'u: "a" s3cret',
    'u: *s3cret',
    'u: !s3cret x',
    'u: @s3cret',
    'u: a: s3cret',
    '%s3cret\n---\na: 1',
  ])
    expect(flaws(text).join()).toMatch(/^(?!.*s3cret)\d/u);
});

it('takes a byte order mark', () => {
  expect(parseYaml('\uFEFFa: 1')).toMatchObject({ readable: true, value: { a: 1 }, flaws: [] });
});

it('knows where each part stands, also behind an alias', () => {
  const text = 'base: &x\n  k: [1, 2]\nuse: *x\n';
  const { offsetOf } = parseYaml(text);
  expect(lineAndColumn(text, offsetOf(['use', 'k', 1], 'value'))).toEqual({ line: 2, column: 10 });
  expect(lineAndColumn(text, offsetOf(['use', 'k'], 'key'))).toEqual({ line: 2, column: 3 });
  expect(lineAndColumn(text, offsetOf(['use', 'gone'], 'value'))).toEqual({ line: 3, column: 1 });
});
