import { z } from 'zod';
import { lockModes } from '../lint/world/lock-mode.ts';
import { severities } from '../lint/rule.ts';

const count = z.int().nonnegative();
/** From 1; columns in UTF-16 units, the end exclusive. */
const number = z.int().positive();
const place = { line: number, column: number, endLine: number, endColumn: number };

const finding = z.object({
  rule: z.string(),
  severity: z.enum(severities),
  ...place,
  message: z.string(),
  why: z.string(),
  lock: z.enum(lockModes).nullable(),
  blocks: z.string().nullable().meta({ description: 'What waits, and for how long.' }),
  statement: z.object(place).meta({ description: 'The statement it is in, which `fix` replaces.' }),
  fix: z.string().nullable().meta({ description: 'The statement written safely.' }),
});

const summary = {
  ...{ files: count, errors: count, warnings: count, infos: count },
  notices: count.meta({ description: 'Parts of scripts that nobody can judge before they run.' }),
  unreadable: count.meta({ description: 'Files that are no SQL, or cannot be read.' }),
  pg: z.int(),
  pgAssumed: z.boolean().meta({ description: 'Nobody said which version.' }),
  runners: z.array(z.string()).meta({ description: 'The tools whose migrations they look like.' }),
};

/** What `lockkeeper lint --format json` prints. */
export const lintSchema = z
  .object({
    schema: z.literal('lockkeeper.lint/1'),
    files: z.array(
      z.object({
        path: z.string(),
        findings: z.array(finding),
        notices: z.array(z.object({ message: z.string(), ...place })),
        error: z.object({ message: z.string(), line: number, column: number }).nullable(),
      }),
    ),
    summary: z.object(summary),
  })
  .meta({ description: 'Places count from 1, columns in UTF-16 units; the end is exclusive.' });
