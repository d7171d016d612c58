import type { Session } from '../database/database.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { bound } from '../sql/sql.ts';
import { isStopping, type RunContext } from './context.ts';
import { untilHad } from './give-way.ts';
import { leavesOf, type Leaf } from './pages.ts';
import { Progress } from './progress.ts';
import { forLeaf } from './run-chunk.ts';
import { openWorkSession } from './work-session.ts';

const FIRST_PAGES = 64;
const MAX_PAGES = 4096;
/** As long may a row that is mended stay locked. */
const RANGE_MS = 100;

/**
 * Goes once over the pages of the source and brings rows that differ up to date, a few pages in one transaction; how many it mended.
 * A row that is moved to a page that was passed already is missed: compare afterwards, and go again.
 */
export async function mendPages(c: RunContext, mapping: PlannedMapping, statement: string): Promise<number> {
  const session = await openWorkSession(c, 'drain', true);
  try {
    const leaves = await leavesOf(session, mapping);
    const rows = leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
    const progress = new Progress(c.emit, c.clock, mapping.id, 0, rows);
    let mended = 0;
    for (const leaf of leaves) mended += await mendLeaf(c, session, leaf, forLeaf(statement, mapping, leaf), progress);
    progress.tell();
    return mended;
  } finally {
    await session.close();
  }
}

async function mendLeaf(
  c: RunContext,
  session: Session,
  leaf: Leaf,
  statement: string,
  progress: Progress,
): Promise<number> {
  let mended = 0;
  let pages = FIRST_PAGES;
  for (let first = 0; first < leaf.pages && !isStopping(c);) {
    const end = first + Math.max(1, Math.round(pages));
    const started = c.clock.now();
    const range = await untilHad(c, () =>
      session.transaction(async () => {
        const [row] = await session.query<{ rows: number; mended: number }>(
          bound(statement, [`(${first},0)`, `(${end},0)`]),
        );
        await c.journal.fence(session, c.run);
        return row ?? { rows: 0, mended: 0 };
      }),
    );
    mended += range.mended;
    progress.add(range.rows);
    pages = Math.min(MAX_PAGES, pages * Math.min(2, Math.max(0.25, RANGE_MS / Math.max(1, c.clock.now() - started))));
    first = end;
  }
  return mended;
}
