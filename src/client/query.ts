/** Runs one statement with $1, $2, … and returns its rows, as an array or in `rows`. */
export type Query = (text: string, values: unknown[]) => PromiseLike<unknown>;

const phases = ['expand', 'backfill', 'dual-write', 'switch', 'contract'] as const;
export type Phase = (typeof phases)[number];

export interface Answer {
  /** The last phase that is done; null before the first. */
  readonly phase: Phase | null;
  /** Of the keys, how many read the new shape. */
  readonly percent: number;
}

/** Whether a phase is done when another one is the last that is. */
export const includes = (done: Phase | null, wanted: Phase): boolean =>
  done !== null && phases.indexOf(done) >= phases.indexOf(wanted);

/** What the database says about a migration; one it does not know has no phase and reads old. */
export async function readAnswer(query: Query, journal: string, name: string): Promise<Answer> {
  const schema = `"${journal.replaceAll('"', '""')}"`;
  const result = await query(`SELECT percent, phase FROM ${schema}.read_switch($1)`, [name]);
  const rows = Array.isArray(result) ? (result as unknown[]) : ((result as { rows?: unknown[] } | null)?.rows ?? []);
  const { percent, phase } = (rows[0] ?? {}) as { percent?: unknown; phase?: unknown };
  const share = Number(percent ?? 0);
  return { percent: Number.isFinite(share) ? share : 0, phase: phases.find((known) => known === phase) ?? null };
}
