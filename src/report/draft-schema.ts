import { z } from 'zod';
import type { Draft } from '../draft/draft.ts';
import { slots } from '../spec/requirements.ts';
import { clarificationSchema, proposedSqlSchema } from './requirements-schema.ts';
import { count, text } from './vocabulary-schemas.ts';

const said = { text, line: count.nullable(), block: text.nullable() };

export const draftSchema = z.object({
  schema: z.literal('lockkeeper.draft/1'),
  source: text,
  title: text.nullable(),
  migration: text,
  yaml: text.nullable(),
  path: text.nullable(),
  operations: z.array(
    z.object({
      kind: text,
      fields: z.record(text, z.unknown()),
      because: z.array(z.object(said)),
      comments: z.array(z.object({ path: z.array(z.union([text, count])), text })),
    }),
  ),
  questions: z.array(clarificationSchema),
  unsupported: z.array(z.object({ ...said, what: text, why: text })),
  proposals: z.array(proposedSqlSchema),
  requirements: z.array(
    z.object({
      ...said,
      slot: z.enum(slots),
      id: text.nullable(),
      operations: z.array(count),
      ...{ phases: z.array(text), gates: z.array(text), checks: z.array(text) },
    }),
  ),
}) satisfies z.ZodType<Draft>;
