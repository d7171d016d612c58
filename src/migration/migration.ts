import type { z } from 'zod';
import { operations } from '../operations/registry.ts';
import type { Operation } from '../operations/operation.ts';
import type { document } from './document.ts';

/** The document as data: defaults filled in, operations as written. Plain JSON, so it can be hashed, stored and read again. */
export type MigrationDocument = Omit<z.output<typeof document>, '$schema' | 'operations'> & {
  readonly operations: readonly Readonly<Record<string, unknown>>[];
};

/** A change someone asked for, ready to be planned. */
export interface Migration {
  /** As authored, or `<parent>/<suffix>` for one that follows from another. */
  readonly name: string;
  readonly description: string | null;
  readonly after: readonly string[];
  readonly spec: string | null;
  readonly gates: { readonly soakMs: number; readonly backup: boolean };
  readonly backfill: {
    readonly workers: number;
    readonly chunkMs: number;
    readonly maxRowsPerSecond: number | null;
    readonly fireTriggers: boolean;
  };
  readonly operations: readonly Operation[];
  readonly document: MigrationDocument;
}

/** A valid document, authored or stored, becomes a migration. */
export const toMigration = (document: MigrationDocument): Migration => ({
  name: document.name,
  description: document.description ?? null,
  after: document.after,
  spec: document.spec ?? null,
  gates: { soakMs: durationMs(document.gates.soak), backup: document.gates.backup },
  backfill: {
    workers: document.backfill.workers,
    chunkMs: document.backfill.chunk_ms,
    maxRowsPerSecond: document.backfill.max_rows_per_second,
    fireTriggers: document.backfill.fire_triggers,
  },
  operations: document.operations.flatMap(readOperation),
  document,
});

const readOperation = (entry: Readonly<Record<string, unknown>>): Operation[] =>
  operations.filter(({ kind }) => entry[kind] !== undefined).map(({ kind, read }) => read(entry[kind]));

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `24h` in milliseconds. */
const durationMs = (text: string): number => Number.parseInt(text, 10) * (units[text.slice(-1)] ?? NaN);

/** The migrations that must follow this one, each under its suffix: the second rename of `end_as`, for example. */
export function followUps(parent: Migration): readonly { readonly suffix: string; readonly migration: Migration }[] {
  const bySuffix = new Map<string, Readonly<Record<string, unknown>>[]>();
  for (const next of parent.operations.map((operation) => operation.followUp?.() ?? null))
    if (next) bySuffix.set(next.suffix, [...(bySuffix.get(next.suffix) ?? []), ...next.operations]);
  return [...bySuffix].map(([suffix, operations]) => ({
    suffix,
    migration: toMigration({
      ...parent.document,
      name: `${parent.name}/${suffix}`,
      description: `Follows ${parent.name}.`,
      after: [parent.name],
      operations,
    }),
  }));
}
