import { z } from 'zod';
import type { RelationName } from '../sql/sql.ts';

/** A name exactly as the database has it, without quotes: at most 63 bytes. */
export const name = z
  .string()
  .min(1, 'A name cannot be empty.')
  .refine((text) => Buffer.byteLength(text) <= 63, 'A name has at most 63 bytes.')
  .refine((text) => !text.includes('\0'), 'A name cannot contain a zero byte.');

/** `table` or `schema.table`; a name that holds a dot itself is written as `{ schema, name }`. */
export const tableName = z
  .union([
    z
      .string()
      .regex(/^[^.]+(\.[^.]+)?$/u, 'Write `table` or `schema.table`; for a name with a dot, { schema: …, name: … }.'),
    z.strictObject({ schema: name.default('public'), name }),
  ])
  .transform((given): RelationName => {
    if (typeof given !== 'string') return given;
    const [first = '', second] = given.split('.');
    return second === undefined ? { schema: 'public', name: first } : { schema: first, name: second };
  })
  .pipe(z.object({ schema: name, name }));

/** A place in a JSON document: `notifications.email`, or a list when a key holds a dot. */
export const jsonPath = z
  .union([z.string().min(1, { abort: true }), z.array(z.string()).min(1, { abort: true })])
  .transform((given): readonly string[] => (typeof given === 'string' ? given.split('.') : given));

/** A value for DEFAULT. Text is a literal; an expression is written as { sql: "now()" }. */
export const defaultValue = z.union([z.string(), z.number(), z.boolean(), z.strictObject({ sql: z.string().min(1) })]);
