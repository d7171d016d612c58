import { z } from 'zod';
import { priorities, type Requirements, slots } from '../spec/requirements.ts';
import { count, text } from './vocabulary-schemas.ts';

const place = { line: count.nullable(), block: text.nullable() };

const fact = z.object({
  ...place,
  slot: z.enum(slots),
  text,
  id: text.nullable(),
  priority: z.enum(priorities).nullable(),
  rule: text,
  names: z.array(z.object({ kind: z.enum(['table', 'column', 'name']), name: text })),
  measures: z.array(z.object({ comparison: z.enum(['>=', '<=', '=']), value: z.number(), unit: text })),
  testable: z.boolean().nullable(),
});

const column = z.object({
  ...place,
  table: text.nullable(),
  column: text,
  type: text.nullable(),
  nullable: z.boolean().nullable(),
  default: text.nullable(),
  change: z.enum(['is', 'add', 'drop']),
  side: z.enum(['current', 'target']),
  rule: text,
});

export const proposedSqlSchema = z.object({
  ...place,
  sql: text,
  statement: text.nullable(),
  side: z.enum(['current', 'target', 'rollback', 'alternative']),
});

export const clarificationSchema = z.object({ ...place, text, question: text, impact: text, assumption: text });

export const requirementsSchema = z.object({
  schema: z.literal('lockkeeper.requirements/1'),
  source: text,
  title: text.nullable(),
  facts: z.array(fact),
  columns: z.array(column),
  sql: z.array(proposedSqlSchema),
  notUnderstood: z.array(z.object({ ...place, text })),
  clarifications: z.array(clarificationSchema),
}) satisfies z.ZodType<Requirements>;

export const specsSchema = z.object({
  schema: z.literal('lockkeeper.specs/1'),
  workspace: text,
  query: text,
  pages: z.array(z.object({ ref: text, title: text, found: z.enum(['title', 'text']) })),
});
