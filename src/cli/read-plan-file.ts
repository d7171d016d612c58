import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockkeeperError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planHash } from '../plan/plan-hash.ts';
import { planSchema } from '../report/plan-schema.ts';

/** The plan in a file that `plan --out` wrote; null when the argument means a migration. */
export async function readPlanFile(argument: string, cwd: string): Promise<Plan | null> {
  if (!argument.endsWith('.json')) return null;
  const found = await readFile(resolve(cwd, argument), 'utf8').then(parse, () => null);
  if (!isPlan(found)) return null;
  const { data: plan } = planSchema.safeParse(found);
  if (!plan)
    throw planUnusable(argument, 'Parts of it are missing or of another kind: it may come from another version.');
  if (planHash(plan) !== plan.planHash)
    throw planUnusable(argument, 'It was edited: its hash is not that of what is in it.');
  return plan;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is wrong with it is for the reader of migrations to say
  }
}

const isPlan = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'schema' in value &&
  typeof value.schema === 'string' &&
  value.schema.startsWith('lockkeeper.plan/');

const planUnusable = (file: string, hint: string) =>
  new LockkeeperError('PLAN_STALE', {
    message: `The plan in ${file} cannot be run.`,
    hint,
    fix: `Make it again: lockkeeper plan MIGRATION --out ${file}`,
  });
