import { z } from 'zod';
import { operations } from '../operations/registry.ts';

const names = /^[a-z0-9][a-z0-9_-]{0,39}$/u;
const referenced = /^[a-z0-9][a-z0-9_-]{0,39}(\/[a-z0-9][a-z0-9_-]{0,39})?$/u;
const durations = /^\d{1,6}[smhd]$/u;

/** A migration's name as an author may choose it. */
export const migrationName = z
  .string()
  .regex(names, 'A name has 1 to 40 lower-case letters, digits, - and _, and starts with a letter or digit.');

const version = z
  .literal(1, {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : `${typeof input === 'number' ? `Version ${input}` : 'This version'} is not known: version 1 is.`,
  })
  .meta({ description: 'The version of this format: 1.' });

const gates = z
  .strictObject({
    soak: z
      .string()
      .regex(durations, 'Write a duration as 90s, 30m, 24h or 7d.')
      .default('0s')
      .meta({ description: 'How long the new shape must be in use before contract: 90s, 30m, 24h, 7d.' }),
    backup: z.boolean().default(false).meta({ description: 'Whether a person must name a backup before contract.' }),
  })
  .prefault({})
  .meta({ description: 'What contract waits for, besides what it always waits for.' });

const backfill = z
  .strictObject({
    workers: z.number().int().min(1).max(32).default(2).meta({ description: 'Sessions that copy at the same time.' }),
    chunk_ms: z
      .number()
      .int()
      .min(10)
      .max(5000)
      .default(80)
      .meta({ description: 'How long one chunk should take, in milliseconds.' }),
    max_rows_per_second: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(40_000)
      .meta({ description: 'The most rows per second, all workers together; null for no limit.' }),
    fire_triggers: z.boolean().default(true).meta({ description: 'Whether your own triggers fire for copied rows.' }),
  })
  .prefault({})
  .meta({ description: 'How existing rows are copied. Can be changed while it runs with lockkeeper tune.' });

const shape = Object.fromEntries(
  operations.map(({ kind, summary, fields }) => [kind, fields.optional().meta({ title: kind, description: summary })]),
);

const operation = z
  .strictObject(shape)
  .refine((entry) => Object.keys(entry).length === 1, {
    message: 'An entry holds one operation: begin each with a dash of its own.',
    when: ({ value }) => typeof value === 'object' && value !== null && Object.keys(value).length > 1,
  })
  .refine((entry) => Object.keys(entry).length > 0, {
    message: `An entry names one operation: ${operations.map(({ kind }) => kind).join(', ')}.`,
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** The authored document. Every format is read through this one schema; operations come from their registry. */
export const document = z
  .strictObject({
    $schema: z.string().optional().meta({ description: 'For editors; ignored.' }),
    version,
    name: migrationName.meta({ description: 'What the migration is called everywhere; it never changes.' }),
    description: z.string().optional().meta({ description: 'Why it is done, for the people who approve it.' }),
    after: z
      .array(z.string().regex(referenced, 'Write the name of a migration.'))
      .default([])
      .meta({ description: 'Migrations that must be done before this one starts.' }),
    spec: z.string().min(1).optional().meta({ description: 'The specification it carries out: a path.' }),
    gates,
    backfill,
    operations: z.array(operation).min(1).meta({ description: 'What to change, in order.' }),
  })
  .refine((d) => !d.after.includes(d.name), { path: ['after'], message: 'A migration cannot come after itself.' });

/** What authors write, before defaults. Operations are typed in define-migration.ts. */
export type DocumentInput = z.input<typeof document>;
