import type { z } from 'zod';

/** What a person would call a value, without showing it. */
export function nounOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return nouns[typeof value] ?? typeof value;
}

const nouns: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
};

/** What a schema wanted, from the issue it raised. */
export function expectationOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_type') return [nouns[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map(quoted);
  return [];
}

export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;

const quoted = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

/** The message of an issue for which the schema has none of its own; what has parts is explained by them. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type')
    return `Expected ${nouns[issue.expected] ?? issue.expected}, found ${nounOf(issue.input)}.`;
  if (issue.code === 'invalid_value')
    return `Expected ${oneOf(issue.values.map(quoted))}, found ${nounOf(issue.input)}.`;
  if (issue.code === 'too_small') return bound(issue.origin, 'at least', issue.minimum);
  if (issue.code === 'too_big') return bound(issue.origin, 'at most', issue.maximum);
  return 'This does not have the form it needs.';
};

function bound(origin: string, word: 'at least' | 'at most', limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 ? 'This text cannot be empty.' : `This text has ${word} ${limit} characters.`;
  if (origin === 'array')
    return limit === 1 && word === 'at least'
      ? 'This list cannot be empty.'
      : `This list has ${word} ${limit} entries.`;
  return `This number must be ${word} ${limit}.`;
}
