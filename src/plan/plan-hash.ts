import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Plan } from './plan.ts';

/** SHA-256 over what will run, so that what was tried on staging is what production approves: no sizes, estimates or times. */
export function planHash({
  migration,
  document,
  phases,
  mappings,
}: Pick<Plan, 'migration' | 'document' | 'phases' | 'mappings'>): string {
  const steps = phases.flatMap((phase) =>
    phase.steps.map(({ estimate: _estimate, risk: _risk, title: _title, ...what }) => what),
  );
  return createHash('sha256').update(canonicalJson({ migration, document, steps, mappings })).digest('hex');
}
