import { expect, it } from 'vitest';
import { lineAndColumn, pathText, redact } from './problem.ts';

it('counts lines and columns from 1', () => {
  expect(lineAndColumn('ab\r\ncd', 0)).toEqual({ line: 1, column: 1 });
  expect(lineAndColumn('ab\r\ncd', 5)).toEqual({ line: 2, column: 2 });
});

it('writes paths as people do', () => {
  expect(pathText(['operations', 0, 'extract_json', 'into', 1])).toBe('operations[0].extract_json.into[1]');
});

it.each([
  ['postgres://me:s3cret@host/db', 'postgres://me:***@host/db'],
  ['postgres://me:s3@cret@host/db', 'postgres://me:***@host/db'],
  ['host=a password=s3cret', 'host=a password=***'],
  ['postgres://me@host/db', 'postgres://me@host/db'],
])('hides the password of %s', (text, hidden) => {
  expect(redact(text)).toBe(hidden);
});
