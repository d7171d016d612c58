import { z } from 'zod';
import { phaseNames } from '../events.ts';
import { lockModes } from '../steps/step.ts';

/** Pieces that several documents share. */
export const text = z.string();
export const count = z.int().nonnegative();
export const milliseconds = z.number().nonnegative();
export const instant = z.iso.datetime({ offset: true });
export const phase = z.enum(phaseNames);
export const direction = z.enum(['forward', 'back']);
export const stepState = z.enum(['running', 'done', 'undone', 'failed']);
export const runState = z.enum(['planned', 'running', 'paused', 'waiting', 'failed', 'done', 'rolledBack']);
export const relation = z.object({ schema: text, name: text });

export const throttle = z
  .enum(['rows-per-second', 'replica-lag', 'lock-waits', 'oldest-transaction', 'wal-rate', 'paused'])
  .nullable();

export const lock = z.object({
  relation,
  mode: z.enum(lockModes),
  holds: z.enum(['instant', 'scan', 'build', 'chunk']),
});

export const risk = z.object({ level: z.enum(['low', 'medium', 'high']), because: text, mitigation: text });

export const blocker = z.object({
  pid: z.int(),
  user: text.nullable(),
  application: text.nullable(),
  state: text.nullable(),
  transactionMs: z.number().nullable(),
});

export const settings = z.object({
  workers: z.number().exactOptional(),
  chunkMs: z.number().exactOptional(),
  maxRowsPerSecond: z.number().nullable().exactOptional(),
  maxReplicaLagMs: z.number().exactOptional(),
  maxWalBytesPerSecond: z.number().nullable().exactOptional(),
  maxTransactionAgeMs: z.number().nullable().exactOptional(),
});
