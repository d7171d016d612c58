import { narrowest, takes } from './choose-type.ts';
import type { CountedPath, JsonPath, JsonType } from './json-structure.ts';

export const HASH_BUCKETS = 65_536;
export const MAX_CHOICES = 20;

/** What each path below the whole document holds, from the counts of it; the most frequent first. */
export function summarizePaths(counted: readonly CountedPath[], rowsLookedAt: number): JsonPath[] {
  const paths = new Map<string, CountedPath[]>();
  for (const group of counted.filter((c) => c.path.length > 0)) {
    const key = JSON.stringify(group.path);
    paths.set(key, [...(paths.get(key) ?? []), group]);
  }
  const summaries = [...paths].map(([key, groups]) => ({ key, summary: summarize(groups, rowsLookedAt) }));
  return summaries
    .sort((a, b) => b.summary.rows - a.summary.rows || (a.key < b.key ? -1 : 1))
    .map(({ summary }) => summary);
}

function summarize(groups: readonly CountedPath[], rowsLookedAt: number): JsonPath {
  const rows = total(groups);
  const present = groups.filter((g) => g.type !== 'null');
  const suggested = narrowest(present, 0.95);
  const misfits = present.filter((g) => !takes(suggested, g));
  const scalars = present.filter((g) => g.longest !== null);
  const distinct = distinctOf(scalars);
  const choices = isEnumeration(present, distinct) ? distinct : null;
  return {
    path: groups[0]?.path ?? [],
    rows,
    share: rows / rowsLookedAt,
    rare: rows < rowsLookedAt / 100,
    types: byType(groups),
    nullShare: (rows - total(present)) / rows,
    fits: narrowest(present, 1),
    suggested,
    misfits: total(misfits),
    misfitTypes: byType(misfits),
    maxLength: scalars.length === 0 ? null : Math.max(...scalars.map((g) => g.longest ?? 0)),
    distinct,
    choices,
    ...(choices === null ? { values: null, valueRows: null } : valuesOf(scalars)),
  };
}

const total = (groups: readonly CountedPath[]) => groups.reduce((sum, g) => sum + g.rows, 0);

function byType(groups: readonly CountedPath[]): Record<JsonType, number> {
  const count = (type: JsonType) => total(groups.filter((g) => g.type === type));
  return {
    object: count('object'),
    array: count('array'),
    string: count('string'),
    number: count('number'),
    boolean: count('boolean'),
    null: count('null'),
  };
}

/** Linear counting: as many values as would fill that many buckets by chance. */
function distinctOf(scalars: readonly CountedPath[]): number {
  const filled = scalars.reduce((sum, g) => sum + Math.min(estimate(g.buckets), g.rows), 0);
  return Math.round(filled);
}

const estimate = (buckets: number) => -HASH_BUCKETS * Math.log(1 - Math.min(buckets / HASH_BUCKETS, 0.9999));

/** Strings only, few different ones, each used more than once on average. */
const isEnumeration = (present: readonly CountedPath[], distinct: number) =>
  present.length > 0 &&
  present.every((g) => g.type === 'string') &&
  distinct <= MAX_CHOICES &&
  distinct * 2 <= total(present);

function valuesOf(scalars: readonly CountedPath[]): Pick<JsonPath, 'values' | 'valueRows'> {
  const rows = new Map<string, number>();
  for (const group of scalars) {
    if (group.values === null) return { values: null, valueRows: null };
    group.values.forEach((value, i) => rows.set(value, (rows.get(value) ?? 0) + (group.valueRows?.[i] ?? 0)));
  }
  const values = [...rows.keys()].sort();
  return { values, valueRows: values.map((value) => rows.get(value) ?? 0) };
}
