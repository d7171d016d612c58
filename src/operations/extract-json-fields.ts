import { z } from 'zod';
import { defaultValue, jsonPath, name, tableName } from './fields.ts';

const column = z.strictObject({
  type: z.string().min(1).meta({ description: 'A PostgreSQL type, such as integer or varchar(20).' }),
  from: jsonPath.meta({ description: 'Where in the document: notifications.email, or [notifications, email].' }),
  default: defaultValue.optional().meta({
    description: 'Used when the document does not hold the key. Text is a literal; { sql: … } is an expression.',
  }),
  not_null: z
    .boolean()
    .default(false)
    .meta({ description: 'Needs a default: a NULL in the document becomes the default.' }),
  check: z.string().min(1).optional().meta({ description: 'An SQL condition over this column.' }),
  index: z.boolean().default(false).meta({ description: 'Build an index on this column, concurrently.' }),
  unique: z.boolean().optional(),
});

const target = z.strictObject({
  table: tableName,
  columns: z.record(name, column).refine((c) => Object.keys(c).length > 0, 'Name at least one column.'),
});

export const extractJsonFields = z
  .strictObject({
    table: tableName.meta({ description: 'The table that has the JSON column: table or schema.table.' }),
    column: name.meta({ description: 'The json or jsonb column.' }),
    key: z
      .record(name, name)
      .optional()
      .meta({ description: 'What the source key columns are called in the new tables: { id: user_id }.' }),
    into: z.array(target).min(1).meta({ description: 'The new tables. Every source row gets one row in each.' }),
    remainder: z
      .union([z.literal('reject'), z.literal('drop'), z.strictObject({ table: tableName, column: name })])
      .meta({
        description:
          'What happens to keys that no column takes: kept in a jsonb column, rejected into quarantine, or dropped.',
      }),
    foreign_key: z
      .union([z.literal(false), z.strictObject({ on_delete: z.literal('cascade').default('cascade') })])
      .default({ on_delete: 'cascade' })
      .meta({ description: 'From each new table to the source; false for none.' }),
    row_security: z.literal('source-row').optional().meta({
      description:
        'Only where `plan` asks: who may see a source row, by its row-level security, may see and write its rows in the new tables.',
    }),
  })
  .superRefine((f, context) => {
    f.into.forEach((t, i) => {
      for (const [column, c] of Object.entries(t.columns)) {
        const path = ['into', i, 'columns', column];
        if (c.not_null && c.default === undefined)
          context.addIssue({
            code: 'custom',
            path,
            message: 'A not_null column needs a default: rows whose document lacks the key must get some value.',
          });
        if (c.unique !== undefined)
          context.addIssue({
            code: 'custom',
            path: [...path, 'unique'],
            message: 'unique is not supported yet: add the unique index with a migration of its own, after this one.',
          });
      }
    });
    const same = (t: { table: { schema: string; name: string } }, o: { schema: string; name: string }) =>
      t.table.schema === o.schema && t.table.name === o.name;
    f.into.forEach((t, i) => {
      if (f.into.findIndex((o) => same(o, t.table)) !== i)
        context.addIssue({ code: 'custom', path: ['into', i, 'table'], message: 'Two entries name the same table.' });
    });
    const { remainder } = f;
    if (typeof remainder === 'object') {
      const home = f.into.find((t) => same(t, remainder.table));
      if (!home)
        context.addIssue({
          code: 'custom',
          path: ['remainder', 'table'],
          message: 'The remainder must go to one of the tables in `into`.',
        });
      else if (remainder.column in home.columns)
        context.addIssue({
          code: 'custom',
          path: ['remainder', 'column'],
          message: 'This column is filled from a path already.',
        });
    }
    const paths = f.into.flatMap((t, i) =>
      Object.entries(t.columns).map(([column, c]) => ({ path: c.from, at: ['into', i, 'columns', column, 'from'] })),
    );
    paths.forEach(({ path, at }, i) => {
      const clash = paths.slice(0, i).find((p) => startsWith(p.path, path) || startsWith(path, p.path));
      if (clash)
        context.addIssue({
          code: 'custom',
          path: at,
          message: `The place ${path.join('.')} overlaps ${clash.path.join('.')}: each value can go to one column only.`,
        });
    });
  });

const startsWith = (path: readonly string[], prefix: readonly string[]) => prefix.every((key, i) => path[i] === key);

export type ExtractJson = z.output<typeof extractJsonFields>;
