import { z } from 'zod';
import { planColumnMapping, projectColumnMapping } from './column-mapping-plan.ts';
import { name, tableName } from './fields.ts';
import { defineOperation } from './operation.ts';

const fields = z
  .strictObject({
    table: tableName,
    from: name.meta({ description: 'The column as it is called now.' }),
    to: name.meta({ description: 'The column as it will be called.' }),
  })
  .refine((f) => f.from !== f.to, { path: ['to'], message: 'The new name is the old one.' });

/** Two columns, kept equal while old and new code both run, until the old one is archived. */
export const renameColumn = defineOperation({
  kind: 'rename_column',
  summary: 'Renames a column while old and new code both run.',
  fields,
  tables: (f) => [f.table],
  types: () => [],
  plan: (f, catalog, context) =>
    planColumnMapping({ table: f.table, from: f.from, to: f.to, type: null, up: null, down: null }, catalog, context),
  project: (f, catalog) => projectColumnMapping({ table: f.table, from: f.from, to: f.to, type: null }, catalog),
});
