import { extractJsonFields } from './extract-json-fields.ts';
import { planExtractJson, projectExtractJson } from './extract-json-plan.ts';
import { defineOperation } from './operation.ts';

/** A JSON column becomes one or more tables, kept equal in both directions until the column is archived. */
export const extractJson = defineOperation({
  kind: 'extract_json',
  summary: 'Moves the keys of a JSON column into columns of new tables.',
  fields: extractJsonFields,
  tables: (f) => [f.table, ...f.into.map((t) => t.table)],
  types: (f) => f.into.flatMap((t) => Object.values(t.columns).map((c) => c.type)),
  plan: planExtractJson,
  project: projectExtractJson,
});
