import type { Session } from '../database/database.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { backToOwnPath } from '../sql/search-path.ts';
import { bound, ident, inline, qualified, sql, type RelationName } from '../sql/sql.ts';
import type { RunContext } from './context.ts';
import { turnKey } from './drain.ts';
import { leavesOf, type Direction, type Sweep } from './pages.ts';

export interface ChunkResult {
  readonly rows: number;
  readonly misfits: number;
}

/** The leaf was rewritten since its sweep began: its pages hold other rows now. */
export class LeafRewritten extends Error {}
/** A drain is running in another process. */
export class NotOurTurn extends Error {}

export const forLeaf = (statement: string, { leaf: placeholder }: PlannedMapping, leaf: RelationName): string =>
  statement.split(inline(qualified(placeholder))).join(inline(qualified(leaf)));

/** One range of pages and its journal row, in one transaction: both happen or neither. */
export async function runChunk(
  c: RunContext,
  session: Session,
  mapping: PlannedMapping,
  direction: Direction,
  range: { sweep: Sweep; first: number; end: number },
  statements: readonly string[],
): Promise<ChunkResult> {
  const { sweep, first, end } = range;
  const ctids = [`(${first},0)`, `(${end},0)`];
  return await session.transaction(async () => {
    const [turn] = await session.query<{ had: boolean }>(
      sql`SELECT pg_catalog.pg_try_advisory_xact_lock_shared(pg_catalog.hashtextextended(${turnKey(c, mapping)}, 0)) AS had`,
    );
    if (!turn?.had) throw new NotOurTurn();
    const result = await visitPages(session, mapping, sweep.leaf, ctids, statements);
    await recordChunk(c, session, mapping, direction, range, result);
    return result;
  });
}

async function visitPages(
  session: Session,
  mapping: PlannedMapping,
  leaf: RelationName,
  ctids: readonly string[],
  statements: readonly string[],
): Promise<ChunkResult> {
  let result: ChunkResult = { rows: 0, misfits: 0 };
  for (const [i, statement] of statements.entries()) {
    // The one before widened the path for triggers of the application; after the last it stays so, for those that fire at commit.
    if (i > 0) await session.execute(backToOwnPath);
    const [row] = await session.query<Partial<ChunkResult>>(bound(forLeaf(statement, mapping, leaf), ctids));
    result = { rows: Math.max(result.rows, row?.rows ?? 0), misfits: row?.misfits ?? result.misfits };
  }
  return result;
}

/**
 * A few rows of the way back, tried in the transaction that puts the sync back and left to the sweep: where somebody has changed the
 * new shape since contract it fails here, with everything, and not in every write of the application afterwards.
 */
export async function tryToRevive({ session }: RunContext, mapping: PlannedMapping): Promise<void> {
  const leaves = await leavesOf(session, mapping);
  const leaf = leaves.find((l) => l.pages > 0) ?? leaves[0];
  if (!leaf) return;
  await session.execute(sql`SAVEPOINT tried`);
  await visitPages(session, mapping, leaf, ['(0,0)', '(0,9)'], mapping.revive);
  await session.execute(sql`ROLLBACK TO SAVEPOINT tried`);
}

/** Refuses when the leaf's file is another by now (read while the chunk's table lock is held) or another executor has taken over. */
async function recordChunk(
  c: RunContext,
  session: Session,
  mapping: PlannedMapping,
  direction: Direction,
  { sweep, first, end }: { sweep: Sweep; first: number; end: number },
  r: ChunkResult,
): Promise<void> {
  const recorded = await session.query(sql`
    INSERT INTO ${ident(c.journal.schema)}.chunk (run, mapping, direction, schema_name, leaf, file_node, first_page, end_page, rows, misfits)
    SELECT ${c.run.id}, ${mapping.id}, ${direction}, ${sweep.leaf.schema}, ${sweep.leaf.name}, ${sweep.fileNode}::bigint::oid, ${first}, ${end}, ${r.rows}, ${r.misfits}
     WHERE pg_catalog.pg_relation_filenode(${inline(qualified(sweep.leaf))}::regclass) = ${sweep.fileNode}::bigint::oid
    RETURNING run`);
  if (!recorded.length) throw new LeafRewritten();
  await c.journal.fence(session, c.run);
}
