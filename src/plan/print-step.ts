import type { Catalog } from '../catalog/catalog.ts';
import type { PhaseName } from '../events.ts';
import { inline, type Sql } from '../sql/sql.ts';
import type { ConcurrentStep, SqlStep, Statement, Step } from '../steps/step.ts';
import { estimate } from './estimate.ts';
import type { PlannedStatement, PlannedStep } from './plan.ts';

const print = ({ sql: text, locks }: Statement): PlannedStatement => ({ sql: tidy(text), locks });
export const tidy = (text: Sql): string => inline(text).trim();

/** A step as text. */
export function printStep(step: Step, phase: PhaseName, id: string, catalog: Catalog): PlannedStep {
  const planned = (s: Step, of: string) => ({
    id: of,
    phase,
    title: s.title,
    risk: s.risk,
    estimate: estimate(s, catalog),
  });
  const base = planned(step, id);
  switch (step.kind) {
    case 'gate':
      return { ...base, kind: step.kind, gate: step.gate, mapping: step.mapping ?? null, soakMs: step.soakMs ?? null };
    case 'backfill':
      return { ...base, kind: step.kind, mapping: step.mapping, locks: step.locks };
    case 'concurrently':
      return { ...base, ...printConcurrent(step) };
    case 'ddl':
    case 'validate':
    case 'sync':
    case 'switch':
      return {
        ...base,
        kind: step.kind,
        ...printSql(step),
        revive: step.revive
          ? {
              mapping: step.revive.mapping,
              rebuild: step.revive.rebuild.map((s) => ({
                ...planned(s, `${id}#${s.slug}`),
                ...printConcurrent(s),
              })),
              finish: step.revive.finish.map(print),
            }
          : null,
      };
  }
}

const printConcurrent = (step: ConcurrentStep) => ({
  ...print(step),
  kind: step.kind,
  undo: step.undo && print(step.undo),
  done: tidy(step.done),
  free: tidy(step.free),
  clean: step.clean && { when: tidy(step.clean.when), sql: tidy(step.clean.sql) },
});

const printSql = (step: SqlStep) => ({
  ...print(step),
  undo: step.undo && print(step.undo),
  undoKeepingData: step.undoKeepingData ? print(step.undoKeepingData) : null,
  installs: step.installs ?? [],
  drainFirst: step.drainFirst ?? null,
  settle: step.settle ?? null,
});
