import type { Catalog } from '../catalog/catalog.ts';
import type { PhaseName } from '../events.ts';
import { inline, type Sql } from '../sql/sql.ts';
import type { ConcurrentStep, Lock, SqlStep, Statement, Step } from '../steps/step.ts';
import { estimate } from './estimate.ts';
import type { PlannedStatement, PlannedStep } from './plan.ts';

const print = ({ sql: text, locks }: Statement, catalog: Catalog): PlannedStatement => ({
  sql: tidy(text),
  locks: withPartitions(locks, catalog),
});

/** What locks a partitioned table locks its partitions too. */
function withPartitions(locks: readonly Lock[], catalog: Catalog): readonly Lock[] {
  const all = locks.flatMap((lock) => {
    const table = catalog.tables.find((t) => t.schema === lock.relation.schema && t.name === lock.relation.name);
    const below = table?.partitions ?? [];
    return [lock, ...below.map(({ schema, name }): Lock => ({ ...lock, relation: { schema, name } }))];
  });
  return [
    ...new Map(
      all.map((lock) => [JSON.stringify([lock.relation.schema, lock.relation.name, lock.mode]), lock]),
    ).values(),
  ];
}

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
      return { ...base, kind: step.kind, mapping: step.mapping, locks: withPartitions(step.locks, catalog) };
    case 'concurrently':
      return { ...base, ...printConcurrent(step, catalog) };
    case 'ddl':
    case 'validate':
    case 'sync':
    case 'switch':
      return {
        ...base,
        kind: step.kind,
        ...printSql(step, catalog),
        revive: step.revive
          ? {
              mapping: step.revive.mapping,
              rebuild: step.revive.rebuild.map((s) => ({
                ...planned(s, `${id}#${s.slug}`),
                ...printConcurrent(s, catalog),
              })),
              finish: step.revive.finish.map((f) => print(f, catalog)),
            }
          : null,
      };
  }
}

const printConcurrent = (step: ConcurrentStep, catalog: Catalog) => ({
  ...print(step, catalog),
  kind: step.kind,
  undo: step.undo && print(step.undo, catalog),
  done: tidy(step.done),
  free: tidy(step.free),
  clean: step.clean && { when: tidy(step.clean.when), sql: tidy(step.clean.sql) },
});

const printSql = (step: SqlStep, catalog: Catalog) => ({
  ...print(step, catalog),
  undo: step.undo && print(step.undo, catalog),
  undoKeepingData: step.undoKeepingData ? print(step.undoKeepingData, catalog) : null,
  installs: step.installs ?? [],
  drainFirst: step.drainFirst ?? null,
  settle: step.settle ?? null,
});
