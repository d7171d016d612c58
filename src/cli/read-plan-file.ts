import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plan } from '../plan/plan.ts';

/** What a file that `plan --out` wrote holds, for `apply` to check; null when the argument means a migration. */
export async function readPlanFile(argument: string, cwd: string): Promise<Plan | null> {
  if (!argument.endsWith('.json')) return null;
  const found = await readFile(resolve(cwd, argument), 'utf8').then(parse, () => null);
  return saysPlan(found) ? found : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is wrong with it is for the reader of migrations to say
  }
}

const saysPlan = (value: unknown): value is Plan =>
  typeof value === 'object' &&
  value !== null &&
  'schema' in value &&
  typeof value.schema === 'string' &&
  value.schema.startsWith('lockkeeper.plan/');
