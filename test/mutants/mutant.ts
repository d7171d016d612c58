import { readFileSync } from 'node:fs';

/** A guard or an ordering of the product, taken away: the test named must then fail. */
export interface Mutant {
  /** What is missing, in a few words; unique. */
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  /** Text that the file holds exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly test: {
    /** test/<file>.test.ts */
    readonly file: string;
    /** As for `vitest -t`: a regular expression over the names of its describes and its own. */
    readonly name: string;
  };
  /** The code with which PostgreSQL refuses what the mutant does, where that is the point and would elsewhere be a mistake in the mutant itself. */
  readonly raises?: string;
}

/** The file's text without the guard; refuses a mutant whose place is gone. */
export function mutate({ file, find, replace }: Mutant, text = readFileSync(`src/${file}`, 'utf8')): string {
  const pieces = text.split(find);
  if (pieces.length !== 2) throw new Error(`src/${file} holds the text ${pieces.length - 1} times: ${find}`);
  return pieces.join(replace);
}
