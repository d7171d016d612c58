import { expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

it.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['form', 'from', 1],
  ['a', 'a', 0],
])('counts the edits from %s to %s', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

it('suggests the closest word, and nothing when none is close', () => {
  expect(nearest('rename_colum', ['create_index', 'rename_column'])).toBe('rename_column');
  expect(nearest('frobnicate', ['create_index', 'rename_column'])).toBeNull();
});
