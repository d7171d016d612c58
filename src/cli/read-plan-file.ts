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
  if (!saysPlan(found)) return null;
  if (!isPlan(found))
    throw planUnusable(argument, 'Parts of it are missing or of another kind: it may come from another version.');
  if (planHash(found) !== found.planHash)
    throw planUnusable(argument, 'It was edited: its hash is not that of what is in it.');
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is wrong with it is for the reader of migrations to say
  }
}

/** What a later version added is kept: it is part of the hash. */
const isPlan = (value: unknown): value is Plan => planSchema.safeParse(value).success;

const saysPlan = (value: unknown): boolean =>
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
