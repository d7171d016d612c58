import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { text } from './vocabulary-schemas.ts';

export const publishedSchema = z.object({
  schema: z.literal('lockkeeper.published/1'),
  dryRun: z.boolean(),
  publications: z.array(
    z.object({
      migration: text,
      workspace: text,
      specification: text,
      changes: z.array(
        z.object({
          key: text,
          how: z.enum(['create', 'update', 'unchanged']),
          where: text.nullable(),
          details: z.array(text),
        }),
      ),
      problems: z.array(text),
    }),
  ),
});
export type PublishedPages = Frozen<z.infer<typeof publishedSchema>>;
