import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

const accepted = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 2, '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      const source = parseJson(text);
      fc.pre(source.flaws.every(({ message }) => !message.includes('__proto__')));
      expect(source.readable).toBe(true);
      expect(source.value).toEqual(JSON.parse(text));
    }),
  );
});

it('refuses what JSON.parse refuses', () => {
  const mutated = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', ']', ':', '01', '\\', '\n', 'nul'))
    .map(([json, at, piece]) => {
      const i = at % (json.length + 1);
      return json.slice(0, i) + piece + json.slice(i + 1);
    })
    .filter((text) => text.trim() !== '' && !text.includes('__proto__'));
  fc.assert(
    fc.property(mutated, (text) => {
      expect(parseJson(text).readable).toBe(accepted(text));
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['{"a":}', 5, 'A JSON value is expected here.'],
  ['{"a" 1}', 5, 'A colon is expected here.'],
  ['{"a":1,}', 7, 'A key in double quotes is expected here.'],
  ['[1 2]', 3, 'A comma or ] is expected here.'],
  ['{} x', 3, 'Nothing may follow the document.'],
  ['{"a":1,"a":2}', 7, 'This key is there twice in the same mapping.'],
  ['[12345678901234567]', 1, 'This number has more digits than would be kept.'],
  ['{"__proto__":1}', 1, 'The key __proto__ cannot be used.'],
  ['['.repeat(5000), 101, 'The document is nested more than 100 levels deep here.'],
])('places the mistake in %s', (text, offset, message) => {
  expect(parseJson(text).flaws).toEqual([expect.objectContaining({ offset, message })]);
});
