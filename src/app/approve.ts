import { LockkeeperError } from '../errors.ts';
import { phaseNames } from '../events.ts';
import { ident, sql } from '../sql/sql.ts';
import { onRun } from './read-run.ts';
import type { Deps } from './deps.ts';

export interface ApprovalDocument {
  readonly schema: 'lockkeeper.approval/1';
  readonly migration: string;
  readonly gate: string;
  readonly approvedBy: string;
  readonly expiresAt: string | null;
}

/** Gates that a person opens; the others open by themselves when what they ask for holds. */
export const approvable = [
  'backup',
  'contract-approval',
  'old-shape-unused',
  'new-code-gone',
  ...phaseNames.map((p) => `phase-${p}`),
] as const;

/** Records that a person opens a gate of the plan as it is stored; another plan needs another approval. */
export async function approve(
  deps: Deps,
  input: { readonly migration: string; readonly gate: string; readonly note?: string; readonly expiresMs?: number },
): Promise<ApprovalDocument> {
  if (!(approvable as readonly string[]).includes(input.gate))
    throw new LockkeeperError('USAGE', {
      message: `There is no gate "${input.gate}" that an approval opens.`,
      hint: `These are: ${approvable.join(', ')}. The others open by themselves.`,
      fix: `See which are closed: lockkeeper status ${input.migration}`,
    });
  return await onRun(deps, input.migration, 'watch', async (session, run, journal) => {
    const [row] = await session.query<{ approvedBy: string; expiresAt: string | null }>(sql`
      INSERT INTO ${ident(journal.schema)}.approval (migration, plan_hash, gate, note, expires_at)
      VALUES (${run.migration}, ${run.planHash}, ${input.gate}, ${input.note ?? null}, now() + ${input.expiresMs ?? null}::float8 * interval '1 millisecond')
      RETURNING approved_by AS "approvedBy", expires_at AS "expiresAt"`);
    return {
      schema: 'lockkeeper.approval/1',
      migration: run.migration,
      gate: input.gate,
      approvedBy: row?.approvedBy ?? '',
      expiresAt: row?.expiresAt ?? null,
    };
  });
}
