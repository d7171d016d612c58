import type { Queryable } from '../database/database.ts';
import type { RelationName } from '../sql/sql.ts';
import { countJsonPaths } from './count-json-paths.ts';
import { estimateRows } from './estimate-rows.ts';
import type { JsonStructure } from './json-structure.ts';
import { readVersionNumber } from './read-server.ts';
import type { CountedPath } from './json-structure.ts';
import { summarizePaths } from './summarize-paths.ts';
import { withSetting } from './with-setting.ts';

interface Options {
  /** Tables with more rows than this are sampled. */
  readonly sampleRows?: number;
  /** Bring the values of what looks like an enumeration; without it no value leaves the database. */
  readonly showValues?: boolean;
}

/** The structure of a json or jsonb column, found in one scan. Nested objects are followed five levels down, arrays are not; no document makes it fail. */
export async function inferJson(
  db: Queryable,
  table: RelationName,
  column: string,
  { sampleRows = 200_000, showValues = false }: Options = {},
): Promise<JsonStructure> {
  const versionNumber = await readVersionNumber(db);
  const expected = await estimateRows(db, table);
  const percent = expected > sampleRows ? (100 * sampleRows) / expected : null;
  const scan = countJsonPaths({ table, column, percent, showValues, versionNumber });
  // The planner cannot guess how many keys there are; compiling for its guess takes longer than most scans.
  const counted = await withSetting(db, 'jit', 'off', () => db.query<CountedPath>(scan));
  const whole = documentCounts(counted.filter((c) => c.path.length === 0));
  const rows = Object.values(whole).reduce((a, b) => a + b, 0);
  return {
    rows,
    sampled: percent !== null,
    basis:
      percent === null
        ? `all ${rows} rows`
        : `${rows} of about ${expected} rows (TABLESAMPLE SYSTEM, ${percent.toFixed(1)} %)`,
    documents: whole,
    paths: summarizePaths(counted, rows),
    pathCount: counted[0]?.pathCount ?? 0,
  };
}

function documentCounts(roots: readonly CountedPath[]): JsonStructure['documents'] {
  const count = (matches: (root: CountedPath) => boolean) => roots.filter(matches).reduce((sum, r) => sum + r.rows, 0);
  return {
    sqlNull: count((r) => r.type === 'sql null'),
    objects: count((r) => r.type === 'object' && r.class !== 'empty'),
    empty: count((r) => r.type === 'object' && r.class === 'empty'),
    jsonNull: count((r) => r.type === 'null'),
    arrays: count((r) => r.type === 'array'),
    scalars: count((r) => r.type === 'string' || r.type === 'number' || r.type === 'boolean'),
    unreadable: count((r) => r.type === 'unreadable'),
  };
}
