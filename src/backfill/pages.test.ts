import { expect, it } from 'vitest';
import { gaps, PageRanges, type Sweep } from './pages.ts';

it('finds what lies between finished ranges', () => {
  expect(
    gaps(
      [
        { first: 2, end: 4 },
        { first: 4, end: 5 },
        { first: 8, end: 10 },
      ],
      12,
    ),
  ).toEqual([
    { first: 0, end: 2 },
    { first: 5, end: 8 },
    { first: 10, end: 12 },
  ]);
  expect(gaps([{ first: 0, end: 3 }], 3)).toEqual([]);
  expect(gaps([], 0)).toEqual([]);
});

it('hands out every open page exactly once, also those put back', () => {
  const sweep: Sweep = {
    leaf: { schema: 'public', name: 't' },
    fileNode: 1,
    pages: 10,
    rowsTotal: 100,
    open: [
      { first: 0, end: 3 },
      { first: 5, end: 10 },
    ],
    rowsDone: 0,
  };
  const ranges = new PageRanges([sweep]);
  const first = ranges.take(2);
  if (first) ranges.putBack(first);
  const seen: number[] = [];
  for (let range = ranges.take(2); range; range = ranges.take(2))
    for (let page = range.first; page < range.end; page++) seen.push(page);
  expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 5, 6, 7, 8, 9]);
});
