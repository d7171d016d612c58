import { expect, it } from 'vitest';
import { z } from 'zod';
import { explainIssues } from './explain-issues.ts';
import { describeIssue } from './issue-messages.ts';

const said = (schema: z.ZodType, value: unknown) => {
  const issues = schema.safeParse(value, { error: describeIssue }).error?.issues ?? [];
  const findings = explainIssues(issues, value, () => z.toJSONSchema(schema, { io: 'input' }));
  return findings.map(({ path, part, message }) => `${path.join('.')} ${part} ${message}`);
};

it('follows a union into the branch with the fewest mistakes', () => {
  const schema = z.union([z.strictObject({ x: z.string(), y: z.string() }), z.strictObject({ z: z.string() })]);
  expect(said(schema, { z: 1 })).toEqual(['z value Expected text, found a number.']);
});

it('names every branch when none fits the kind of value', () => {
  const schema = z.object({ a: z.union([z.literal('x'), z.array(z.string()), z.boolean()]) });
  expect(said(schema, { a: 1 })).toEqual(['a value Expected "x", a list or true or false, found a number.']);
});

it('points a bad key at the key', () => {
  expect(said(z.record(z.string().min(2), z.number()), { a: 1 })).toEqual([
    'a key This text has at least 2 characters.',
  ]);
});
