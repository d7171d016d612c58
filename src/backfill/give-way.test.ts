import { expect, it } from 'vitest';
import { untilHad } from './give-way.ts';

const run = { id: 1, token: 1, migration: 'prefs', dualWritten: false };
const held = () =>
  Object.assign(new Error('canceling statement due to lock timeout'), {
    code: '55P03',
    where: 'while locking tuple (0,1) in relation "users"',
  });

const context = (sleep: () => void = () => undefined) => ({
  signal: new AbortController().signal,
  clock: { now: () => 0, sleep: () => Promise.resolve(sleep()) },
  run,
});

it('asks again until nobody is in the way', async () => {
  let left = 7;
  const work = () => (--left ? Promise.reject(held()) : Promise.resolve('had'));
  expect(await untilHad(context(), work)).toBe('had');
});

it('says after ten minutes which row it was, and what to do', async () => {
  let slept = 0;
  await expect(
    untilHad(
      context(() => slept++),
      () => Promise.reject(held()),
    ),
  ).rejects.toMatchObject({
    code: 'LOCK_NOT_HAD',
    hint: expect.stringContaining('(0,1) in relation "users"') as unknown,
    fix: expect.stringContaining('lockkeeper status prefs') as unknown,
  });
  expect(slept).toBe(299);
});

it('a stop ends the waiting as a stop, and not as the error it waited for', async () => {
  const stop = new AbortController();
  const waiting = {
    ...context(() => {
      stop.abort();
    }),
    signal: stop.signal,
  };
  await expect(untilHad(waiting, () => Promise.reject(held()))).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

it('anything else is told as it is', async () => {
  await expect(untilHad(context(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
