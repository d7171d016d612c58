import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import {
  count,
  direction,
  instant,
  milliseconds,
  phase,
  runState,
  settings,
  stepState,
  text,
  throttle,
} from './vocabulary-schemas.ts';

const gate = z.object({ id: text, phase, gate: text, open: z.boolean(), why: text, opensBy: text });

const migrationStatus = z.object({
  migration: text,
  planHash: text.nullable(),
  phase: phase.nullable(),
  state: z.union([runState, z.literal('pending')]),
  reason: text.nullable(),
  phases: z.array(z.object({ name: phase, done: z.boolean() })),
  steps: z.array(
    z.object({
      id: text,
      phase,
      kind: text,
      title: text,
      state: z.union([stepState, z.literal('pending')]),
      attempts: count,
      lockWaitMs: milliseconds,
      lockHeldMs: milliseconds,
    }),
  ),
  backfill: z.array(
    z.object({
      mapping: text,
      rowsDone: count,
      rowsTotal: count,
      rowsPerSecond: z.number().nullable(),
      secondsLeft: z.number().nullable(),
      throttle,
    }),
  ),
  gates: z.array(gate),
  reads: z.object({ percent: z.number().min(0).max(100) }),
  quarantine: z.object({ open: count, accepted: count }),
  executor: z.object({ host: text, process: z.int(), backend: z.int(), since: instant, alive: z.boolean() }).nullable(),
  updatedAt: instant.nullable(),
});

export const statusSchema = z.object({
  schema: z.literal('lockkeeper.status/1'),
  migrations: z.array(migrationStatus),
});
export type Status = Frozen<z.infer<typeof statusSchema>>;
export type MigrationStatus = Status['migrations'][number];

export const runSchema = z.object({
  schema: z.literal('lockkeeper.run/1'),
  migration: text,
  planHash: text,
  direction,
  outcome: z.enum(['reached', 'waiting', 'interrupted']),
  phase: phase.nullable(),
  closedGates: z.array(gate),
  next: z.array(text),
  ms: milliseconds,
});
export type RunResult = Frozen<z.infer<typeof runSchema>>;

export const verifySchema = z.object({
  schema: z.literal('lockkeeper.verify/1'),
  migration: text,
  ok: z.boolean(),
  mappings: z.array(
    z.object({
      mapping: text,
      title: text,
      compared: count,
      missing: count,
      extra: count,
      stale: count,
      quarantined: count,
      pending: count,
      ok: z.boolean(),
      repaired: count.nullable(),
      columns: z.array(z.object({ column: text, exact: count, defaultFilled: count, lost: count })),
    }),
  ),
  triggers: z.array(z.object({ name: text, problem: text })),
});
export type Verification = Frozen<z.infer<typeof verifySchema>>;

export const quarantineSchema = z.object({
  schema: z.literal('lockkeeper.quarantine/1'),
  migration: text,
  open: count,
  accepted: count,
  settled: count,
  groups: z.array(z.object({ target: text, column: text, type: text, reason: text, state: text, rows: count })),
  values: z
    .array(z.object({ id: z.int(), key: z.unknown(), column: text, reason: text, original: z.unknown(), state: text }))
    .exactOptional(),
});
export type Quarantine = Frozen<z.infer<typeof quarantineSchema>>;

export const archiveSchema = z.object({
  schema: z.literal('lockkeeper.archive/1'),
  archives: z.array(
    z.object({
      id: z.int(),
      migration: text,
      kind: z.enum(['column', 'table']),
      relation: text,
      originalName: text,
      archivedName: text,
      archivedAt: instant,
    }),
  ),
});
export type Archives = Frozen<z.infer<typeof archiveSchema>>;

export const approvalSchema = z.object({
  schema: z.literal('lockkeeper.approval/1'),
  migration: text,
  gate: text,
  approvedBy: text,
  expiresAt: instant.nullable(),
});

export const readsSchema = z.object({
  schema: z.literal('lockkeeper.reads/1'),
  migration: text,
  percent: z.number().min(0).max(100),
});

export const settingsSchema = z.object({
  schema: z.literal('lockkeeper.settings/1'),
  migration: text,
  paused: z.boolean(),
  settings,
});

export const expectSchema = z.object({
  schema: z.literal('lockkeeper.expect/1'),
  migration: text,
  phase: phase.nullable(),
  expected: phase,
  ok: z.boolean(),
});

export const initSchema = z.object({ schema: z.literal('lockkeeper.init/1'), config: text, migrations: text });

export const newSchema = z.object({ schema: z.literal('lockkeeper.new/1'), name: text, path: text });

export const validateSchema = z.object({
  schema: z.literal('lockkeeper.validate/1'),
  ok: z.boolean(),
  name: text.nullable(),
  operations: z.array(text),
  problems: z.array(
    z.object({ file: text, line: count, column: count, path: text, message: text, suggestion: text.nullable() }),
  ),
});

export const errorSchema = z.object({
  schema: z.literal('lockkeeper.error/1'),
  code: text.regex(/^[A-Z][A-Z_]*$/u),
  message: text,
  hint: text,
  fix: text,
  details: z.record(text, z.unknown()),
});
export type ErrorDocument = Frozen<z.infer<typeof errorSchema>>;
