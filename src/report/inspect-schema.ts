import { z } from 'zod';
import { sqlTypes } from '../catalog/json-structure.ts';
import { count, relation, text } from './vocabulary-schemas.ts';

const byJsonType = z.object({
  object: count,
  array: count,
  string: count,
  number: count,
  boolean: count,
  null: count,
});

const jsonPath = z.object({
  path: z.array(text),
  rows: count,
  share: z.number(),
  rare: z.boolean(),
  types: byJsonType,
  nullShare: z.number(),
  fits: z.enum(sqlTypes),
  suggested: z.enum(sqlTypes),
  misfits: count,
  misfitTypes: byJsonType,
  maxLength: count.nullable(),
  distinct: count,
  choices: count.nullable(),
  values: z.array(text).nullable(),
  valueRows: z.array(count).nullable(),
});

const jsonStructure = z.object({
  rows: count,
  sampled: z.boolean(),
  basis: text,
  documents: z.object({
    sqlNull: count,
    objects: count,
    empty: count,
    jsonNull: count,
    arrays: count,
    scalars: count,
    unreadable: count,
  }),
  paths: z.array(jsonPath),
  pathCount: count,
});

const column = z.object({
  name: text,
  type: text,
  notNull: z.boolean(),
  default: text.nullable(),
  generated: z.enum(['stored', 'virtual']).nullable(),
  identity: z.enum(['always', 'by default']).nullable(),
  comment: text.nullable(),
  nullShare: z.number().nullable(),
  key: z.boolean(),
});

const dependant = z.object({
  kind: z.enum([
    'view',
    'materialized view',
    'function',
    'policy',
    'foreign key',
    'publication',
    'row filter',
    'trigger',
    'statistics',
    'rule',
  ]),
  name: text,
  columns: z.array(text),
});

const statement = z.object({
  query: text,
  calls: count,
  reads: z.boolean(),
  writes: z.boolean(),
  columns: z.array(text),
  failsOnce: z.boolean(),
});

export const inspectSchema = z.object({
  schema: z.literal('lockkeeper.inspect/1'),
  table: relation.extend({
    kind: z.enum(['table', 'partitioned']),
    owner: text,
    comment: text.nullable(),
    rows: count.nullable(),
    tableBytes: count,
    indexBytes: count,
    partitions: count,
    rowSecurity: z.boolean(),
    publications: z.array(text),
  }),
  column: text.nullable(),
  columns: z.array(column),
  constraints: z.array(z.object({ name: text, definition: text, validated: z.boolean() })),
  indexes: z.array(z.object({ name: text, definition: text, indexBytes: count, valid: z.boolean() })),
  dependants: z.array(dependant),
  writes: z.object({ count, seconds: z.number().nullable(), perSecond: z.number().nullable() }),
  statements: z.array(statement).nullable(),
  statementsWhy: text,
  json: jsonStructure.nullable(),
  draft: text.nullable(),
  notes: z.array(text),
});
