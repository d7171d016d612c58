import { inject } from 'vitest';
import { byChance } from './chance.ts';

/** Where to begin to take one in `oneIn` of something; another place by chance, so that all of it comes up in turn. */
export function startOfPart(what: string): number {
  const oneIn = inject('oneIn');
  const start = byChance(what, oneIn);
  if (oneIn > 1) console.log(`${what}: part ${start + 1} of ${oneIn}`);
  return start;
}

/** The part of a list that this run takes: all of it where the project says so. */
export function partOf<T>(what: string, all: readonly T[]): readonly T[] {
  const start = startOfPart(what);
  return all.filter((_, i) => i % inject('oneIn') === start);
}

declare module 'vitest' {
  interface ProvidedContext {
    /** A suite that is too long for every run takes one in so many of its cases. */
    oneIn: number;
  }
}
