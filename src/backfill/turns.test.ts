import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** A piece of work that goes on until it is told to end. */
function held() {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  return { over, end };
}

it('lets a drain run only when no chunk is open, and no chunk begin while it runs', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const [first, second, drain] = [held(), held(), held()];
  const chunkOne = turns.chunk(() => first.over.then(() => void order.push('chunk 1')));
  const chunkTwo = turns.chunk(() => second.over.then(() => void order.push('chunk 2')));
  const draining = turns.drain(() => {
    order.push('drain begins');
    return drain.over.then(() => void order.push('drain ends'));
  });
  const chunkThree = turns.chunk(() => Promise.resolve(void order.push('chunk 3')));
  first.end();
  await chunkOne;
  second.end();
  await chunkTwo;
  drain.end();
  await Promise.all([draining, chunkThree]);
  expect(order).toEqual(['chunk 1', 'chunk 2', 'drain begins', 'drain ends', 'chunk 3']);
});

it('goes on after work that fails', async () => {
  const turns = new Turns();
  await expect(turns.chunk(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(turns.drain(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turns.chunk(() => Promise.resolve('yes'))).toBe('yes');
});
