import { z } from 'zod';
import { blocker, count, direction, instant, milliseconds, phase, text, throttle } from './vocabulary-schemas.ts';

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ schema: z.literal('lockkeeper.event/1'), at: instant, type: z.literal(type), ...shape });

const migration = text;
const step = text;
const mapping = text;

/** One line of `apply --json`: something that happened, and when. */
export const eventSchema = z.discriminatedUnion('type', [
  event('run.started', { migration, planHash: text, to: phase, direction }),
  event('run.paused', { migration }),
  event('run.resumed', { migration }),
  event('run.finished', {
    migration,
    outcome: z.enum(['reached', 'waiting', 'interrupted', 'failed']),
    phase: phase.nullable(),
    ms: milliseconds,
  }),
  event('phase.started', { phase, direction }),
  event('phase.finished', { phase, direction, ms: milliseconds }),
  event('step.started', { step, title: text, kind: text, direction }),
  event('step.waiting', {
    step,
    attempt: count,
    because: text,
    blockers: z.array(blocker),
    nextTryMs: milliseconds,
  }),
  event('step.finished', {
    step,
    attempts: count,
    ms: milliseconds,
    lockWaitMs: milliseconds,
    lockHeldMs: milliseconds,
    direction,
  }),
  event('backfill.progressed', {
    mapping,
    rowsDone: count,
    rowsTotal: count,
    rowsPerSecond: z.number(),
    secondsLeft: z.number().nullable(),
    throttle,
  }),
  event('drain.progressed', { mapping, drained: count, pending: count }),
  event('horizon.waiting', { mapping, blockers: z.array(blocker) }),
  event('quarantine.found', { mapping, rows: count }),
  event('gate.opened', { step, gate: text, why: text }),
  event('gate.closed', { step, gate: text, why: text, opensBy: text }),
  event('pages.updated', { migration, workspace: text, changed: count }),
  event('pages.failed', { migration, workspace: text, why: text }),
]);
