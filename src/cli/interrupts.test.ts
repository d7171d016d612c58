import { expect, it } from 'vitest';
import { handleInterrupts } from './interrupts.ts';

function start() {
  const [said, left, done]: [string[], number[], string[]] = [[], [], []];
  let interrupt: () => void = () => undefined;
  const interrupts = handleInterrupts({
    onInterrupt: (listener) => {
      interrupt = listener;
    },
    err: (text) => void said.push(text),
    leave: (code) => void left.push(code),
    clock: { now: () => 0, sleep: () => new Promise(() => undefined) },
  });
  interrupts.onAbandon(() => Promise.resolve(done.push('cancelled')));
  return { said, left, done, interrupt: () => interrupt(), ...interrupts };
}

it('ends what has nothing to finish at the first interrupt, its statements cancelled', async () => {
  const { left, done, signal, interrupt } = start();
  interrupt();
  await expect.poll(() => left).toEqual([130]);
  expect({ done, aborted: signal.aborted }).toEqual({ done: ['cancelled'], aborted: false });
});

it('lets a run finish its chunk at the first, and ends it at the second', async () => {
  const { said, left, done, signal, interrupt, finishOnInterrupt } = start();
  finishOnInterrupt('Finishing.');
  interrupt();
  expect({ said, left, done, aborted: signal.aborted }).toEqual({
    said: ['Finishing.'],
    left: [],
    done: [],
    aborted: true,
  });
  interrupt();
  await expect.poll(() => left).toEqual([130]);
  expect(done).toEqual(['cancelled']);
});

it('leaves at the third even when the server does not answer', () => {
  const { left, interrupt, onAbandon } = start();
  onAbandon(() => new Promise(() => undefined));
  interrupt();
  interrupt();
  expect(left).toEqual([130]);
});
