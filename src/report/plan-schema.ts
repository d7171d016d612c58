import { z } from 'zod';
import { count, lock, phase, relation, risk, text } from './vocabulary-schemas.ts';

const statement = z.object({ sql: text, locks: z.array(lock) });

const base = {
  id: text,
  phase,
  title: text,
  risk,
  estimate: z.object({ seconds: z.number().nullable(), basis: text }),
};

const installed = z.object({
  relation,
  trigger: text,
  function: relation,
  bodyMd5: text,
  type: count,
  pinned: z.boolean().optional(),
  leavesOf: z.object({ table: relation, create: text }).optional(),
});

const concurrent = z.object({
  ...base,
  kind: z.literal('concurrently'),
  ...statement.shape,
  undo: statement.nullable(),
  done: text,
  free: text,
  clean: z.object({ when: text, sql: text }).nullable(),
});

const step = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.enum(['ddl', 'validate', 'sync', 'switch']),
    ...statement.shape,
    undo: statement.nullable(),
    undoKeepingData: statement.nullable(),
    installs: z.array(installed),
    drainFirst: text.nullable(),
    settle: text.nullable(),
    revive: z
      .object({ mapping: text, rebuild: z.array(concurrent).exactOptional(), finish: z.array(statement) })
      .nullable(),
  }),
  concurrent,
  z.object({ ...base, kind: z.literal('backfill'), mapping: text, locks: z.array(lock) }),
  z.object({
    ...base,
    kind: z.literal('gate'),
    gate: z.enum([
      ...(['parity', 'quarantine', 'soak', 'backup', 'old-shape-unused'] as const),
      ...(['contract-approval'] as const),
    ]),
    mapping: text.nullable(),
    soakMs: count.nullable(),
  }),
]);

const mapping = z.object({
  id: text,
  kind: z.enum(['table', 'column']),
  source: relation,
  column: text,
  targets: z.array(relation),
  key: z.array(text),
  leaf: relation,
  chunk: text,
  chunkCarefully: text.nullable(),
  drain: text.nullable(),
  revive: z.array(text),
  mend: text.nullable(),
  parity: z.array(z.object({ title: text, counts: text, lossless: text, repair: text.nullable() })),
  misfits: text,
  requarantine: text,
  unfilled: z.string().exactOptional(),
  oldWrites: relation.nullable(),
});

const affectedStatement = z.object({
  query: text,
  calls: z.number(),
  reads: z.boolean(),
  writes: z.boolean(),
  columns: z.array(text),
  failsOnce: z.boolean(),
});

const dependant = z.object({
  kind: z.enum([
    ...(['view', 'materialized view', 'function', 'policy', 'foreign key'] as const),
    ...(['publication', 'row filter', 'trigger', 'statistics', 'rule'] as const),
  ]),
  name: text,
  columns: z.array(text),
  table: relation,
});

const table = z.object({
  relation,
  rows: z.number(),
  bytes: z.number(),
  indexBytes: z.number(),
  writesPerSecond: z.number().nullable(),
  columns: z.array(z.object({ name: text, type: text, notNull: z.boolean(), default: text.nullable() })),
  constraints: z.array(text),
  indexes: z.array(text),
  risk,
});

const move = z.object({
  from: text,
  to: z.array(text),
  rows: z.number(),
  how: z.enum(['in one batch or a few', 'in batches', 'in batches by several workers']),
  because: text,
  losses: z.array(text),
});

/** A migration compiled against one database, as `plan --out` writes it and `apply plan.json` reads it. */
export const planSchema = z.object({
  schema: z.literal('lockkeeper.plan/1'),
  migration: text,
  planHash: text,
  document: z.unknown(),
  journal: text,
  serverMajor: z.int(),
  phases: z.array(z.object({ name: phase, goal: text, steps: z.array(step) })),
  mappings: z.array(mapping),
  summary: text,
  tables: z.array(table),
  newTables: z.array(relation),
  removed: z.array(z.object({ table: relation, column: text, replacedBy: text })),
  moves: z.array(move),
  risks: z.array(risk),
  notes: z.array(text),
  impact: z.object({
    statements: z.array(affectedStatement).nullable(),
    statementsWhy: text,
    dependants: z.array(dependant),
  }),
  misfits: z.array(z.object({ mapping: text, column: text, type: text, reason: text, rows: z.number() })).nullable(),
  missing: z.array(z.object({ what: text, grant: text })),
  fingerprints: z.array(z.object({ relation, exists: z.boolean(), shape: text })),
});
