import { LockkeeperError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planHash } from '../plan/plan-hash.ts';
import { planSchema } from '../report/plan-schema.ts';

/** A plan that comes from outside has to be one, and say what it said when it was made. What a later version added is kept: it is part of the hash. */
export function refuseUnusable(plan: Plan): void {
  if (!planSchema.safeParse(plan).success)
    throw planUnusable('Parts of it are missing or of another kind: it may come from another version.');
  if (planHash(plan) !== plan.planHash) throw planUnusable('It was edited: its hash is not that of what is in it.');
}

const planUnusable = (hint: string) =>
  new LockkeeperError('PLAN_STALE', {
    message: 'The plan cannot be run.',
    hint,
    fix: 'Make it again: lockkeeper plan MIGRATION --out plan.json',
  });
