import { z } from 'zod';
import { derivedName } from '../sql/names.ts';
import { planColumnMapping, projectColumnMapping } from './column-mapping-plan.ts';
import { name, tableName } from './fields.ts';
import { defineOperation } from './operation.ts';

const fields = z
  .strictObject({
    table: tableName,
    column: name,
    type: z.string().min(1).meta({ description: 'The new PostgreSQL type.' }),
    to: name.optional().meta({ description: 'The new column; <column>_new when left out.' }),
    up: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'SQL over the old column that gives the new value; a cast when left out.' }),
    down: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'SQL over the new column that gives the old value; a cast when left out.' }),
    end_as: name
      .optional()
      .meta({ description: 'What the new column is finally called, by a second rename with its own sync and gates.' }),
  })
  .refine((f) => f.to !== f.column, {
    path: ['to'],
    message: 'The new column needs another name than the old one while both exist; end_as brings the old name back.',
  });

const newName = (f: z.output<typeof fields>) => f.to ?? derivedName(f.column, 'new');

/** A second column of the new type, kept in agreement through `up` and `down` until the old one is archived. */
export const changeColumnType = defineOperation({
  kind: 'change_column_type',
  summary: 'Changes a column’s type without rewriting the table under a lock.',
  fields,
  tables: (f) => [f.table],
  types: (f) => [f.type],
  plan: (f, catalog, context) =>
    planColumnMapping(
      { table: f.table, from: f.column, to: newName(f), type: f.type, up: f.up ?? null, down: f.down ?? null },
      catalog,
      context,
    ),
  project: (f, catalog) =>
    projectColumnMapping({ table: f.table, from: f.column, to: newName(f), type: f.type }, catalog),
  followUp: (f) =>
    f.end_as === undefined || f.end_as === newName(f)
      ? null
      : { suffix: 'end-as', operations: [{ rename_column: { table: f.table, from: newName(f), to: f.end_as } }] },
});
