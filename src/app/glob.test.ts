import { expect, it } from 'vitest';
import { globPattern, isGlob } from './glob.ts';

it.each([
  ['db/*.sql', 'db/a.sql', true],
  ['db/*.sql', 'db/x/a.sql', false],
  ['db/**/*.sql', 'db/a.sql', true],
  ['db/**/*.sql', 'db/x/y/a.sql', true],
  ['db/?.{sql,ts}', 'db/a.ts', true],
  ['db/[ab].sql', 'db/c.sql', false],
  ['db/a+b.sql', 'db/a+b.sql', true],
])('%s and %s', (glob, path, expected) => expect(globPattern(glob).test(path)).toBe(expected));

it('knows what is no pattern', () => expect(isGlob('db/a.sql')).toBe(false));
