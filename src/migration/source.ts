import type { Path } from './problem.ts';

/** Something wrong with the text itself, before anyone asks what it means. */
export interface Flaw {
  readonly offset: number;
  readonly message: string;
  readonly suggestion: string | null;
}

/** What a file holds, and where each part of it stands. */
export interface Source {
  readonly text: string;
  readonly value: unknown;
  /** False when the text could not be understood, and `value` means nothing. */
  readonly readable: boolean;
  readonly flaws: readonly Flaw[];
  /** The offset of the value at a path, or of the key that names it; of the nearest thing around it when it is not there. */
  readonly offsetOf: (path: Path, part: 'key' | 'value') => number;
}

export const unreadable = (text: string, flaws: readonly Flaw[]): Source => ({
  text,
  value: undefined,
  readable: false,
  flaws,
  offsetOf: () => 0,
});

/** Above this nobody wrote it by hand, and parsing it costs. */
export const maxTextLength = 200_000;

/** No sane document is nested deeper. */
export const maxDepth = 100;

export const tooLong: Flaw = {
  offset: 0,
  message: `The file is longer than ${maxTextLength} characters.`,
  suggestion: null,
};

export const tooDeep = (offset: number): Flaw => ({
  offset,
  message: `The document is nested more than ${maxDepth} levels deep here.`,
  suggestion: null,
});

export const duplicateKey = (offset: number): Flaw => ({
  offset,
  message: 'This key is there twice in the same mapping.',
  suggestion: 'Keep one of the two.',
});

export const protoKey = (offset: number): Flaw => ({
  offset,
  message: 'The key __proto__ cannot be used.',
  suggestion: null,
});

/** Numbers pass through a double, which keeps 15 digits: more would be changed without a word. */
export const losesDigits = (number: string): boolean =>
  number
    .replace(/e.*$/iu, '')
    .replace(/\D/gu, '')
    .replace(/^0+|0+$/gu, '').length > 15;

export const digitsLost = (offset: number): Flaw => ({
  offset,
  message: 'This number has more digits than would be kept.',
  suggestion: 'Put it in quotes.',
});
