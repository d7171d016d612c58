import type { Catalog } from '../catalog/catalog.ts';
import type { Step } from '../steps/step.ts';
import type { Estimate } from './plan.ts';

/** Conservative rates of one session on modest hardware; `bench/` measures them on yours. */
const ROWS_PER_SECOND = { copy: 40_000, scan: 1_000_000 };
const INDEX_BYTES_PER_SECOND = 20_000_000;

/** How long a step takes, and what that rests on: the row counts of the last ANALYZE. */
export function estimate(step: Step, catalog: Catalog): Estimate {
  const relations = 'locks' in step ? step.locks.map((l) => l.relation) : [];
  const tables = catalog.tables.filter((t) => relations.some((r) => r.schema === t.schema && r.name === t.name));
  const rows = Math.max(0, ...tables.map((t) => t.rows));
  const unknown = tables.some((t) => t.rows < 0);
  const of = (seconds: number, basis: string): Estimate =>
    unknown ? { seconds: null, basis: 'the table was never analyzed' } : { seconds: Math.ceil(seconds), basis };
  switch (step.kind) {
    case 'backfill':
      return of(rows / ROWS_PER_SECOND.copy, `${rows} rows at ${ROWS_PER_SECOND.copy} rows/s, the default throttle`);
    case 'concurrently':
      return of(
        Math.max(1, tables.reduce((sum, t) => sum + t.bytes, 0) / INDEX_BYTES_PER_SECOND),
        'the table’s size at 20 MB/s, twice read',
      );
    case 'validate':
      return of(rows / ROWS_PER_SECOND.scan, `${rows} rows at ${ROWS_PER_SECOND.scan} rows/s`);
    case 'gate':
      return { seconds: null, basis: 'it waits for a condition' };
    case 'ddl':
    case 'sync':
    case 'switch':
      return { seconds: 0, basis: 'it changes the catalog only, and waits for its lock in short tries' };
  }
}
