import { sql } from '../sql/sql.ts';
import type { Mapping } from './mapping.ts';
import { ours, type TableMapping } from './table-mapping.ts';
import { misfitCounts, parityChecks, requarantine } from './table-parity.ts';
import { chunk, chunkCarefully, drainSome, revive } from './table-sweep.ts';

export const compileTableMapping = (m: TableMapping): Mapping => ({
  id: m.id,
  kind: 'table',
  source: m.source,
  column: m.column.name,
  targets: m.targets.map((t) => t.table),
  key: m.key.map((k) => k.source),
  leaf: m.leaf,
  chunk: chunk(m),
  chunkCarefully: chunkCarefully(m),
  drain: drainSome(m, sql`($1::text)::integer`),
  revive: revive(m),
  mend: null,
  parity: parityChecks(m),
  misfits: misfitCounts(m),
  requarantine: requarantine(m),
  oldWrites: ours(m, 'old_writes'),
});
