import type { Session } from '../database/database.ts';
import type { PlannedMapping } from '../plan/plan.ts';
import { ident, sql, type RelationName } from '../sql/sql.ts';
import type { RunContext } from './context.ts';

export type Direction = 'forward' | 'back';

/** One leaf's pages as they were when its sweep began, and which of them are not done. */
export interface Sweep {
  readonly leaf: RelationName;
  readonly fileNode: number;
  readonly pages: number;
  readonly rowsTotal: number;
  /** Gaps between finished chunks, in page order: [first, end). */
  readonly open: readonly { readonly first: number; readonly end: number }[];
  readonly rowsDone: number;
}

/** A table, or a partition, that holds rows itself. */
export interface Leaf extends RelationName {
  readonly fileNode: number;
  readonly pages: number;
  readonly rows: number;
}

/** The table itself, or its partitions that have rows. */
export const leavesOf = (session: Session, { source }: PlannedMapping): Promise<Leaf[]> =>
  session.query<Leaf>(sql`
    SELECT n.nspname AS schema, c.relname AS name, pg_catalog.pg_relation_filenode(c.oid)::bigint AS "fileNode",
           (pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::bigint) AS pages, greatest(c.reltuples, 0)::float8 AS rows
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.oid IN (SELECT ${relid(source)} UNION SELECT relid FROM pg_catalog.pg_partition_tree(${relid(source)}))
     ORDER BY 1, 2`);

/** Reads or begins the sweep of every leaf. A leaf whose file was rewritten begins again: its pages are others now. */
export async function openSweeps(
  c: RunContext,
  session: Session,
  mapping: PlannedMapping,
  direction: Direction,
): Promise<Sweep[]> {
  const sweeps: Sweep[] = [];
  for (const leaf of await leavesOf(session, mapping))
    sweeps.push(await openSweep(c, session, mapping, direction, leaf));
  return sweeps;
}

const relid = ({ schema, name }: RelationName) =>
  sql`(SELECT r.oid FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace s ON s.oid = r.relnamespace WHERE s.nspname = ${schema} AND r.relname = ${name})`;

async function openSweep(
  c: RunContext,
  session: Session,
  mapping: PlannedMapping,
  direction: Direction,
  leaf: Leaf,
): Promise<Sweep> {
  const j = ident(c.journal.schema);
  const place = sql`run = ${c.run.id} AND mapping = ${mapping.id} AND direction = ${direction} AND schema_name = ${leaf.schema} AND leaf = ${leaf.name}`;
  return await session.transaction(async () => {
    await c.journal.fence(session, c.run);
    await session.query(sql`DELETE FROM ${j}.chunk WHERE ${place} AND file_node <> ${leaf.fileNode}::bigint::oid`);
    const [sweep] = await session.query<{ pages: number; rowsTotal: number }>(sql`
      INSERT INTO ${j}.sweep AS s (run, mapping, direction, schema_name, leaf, file_node, pages, rows_total)
      VALUES (${c.run.id}, ${mapping.id}, ${direction}, ${leaf.schema}, ${leaf.name}, ${leaf.fileNode}::bigint::oid, ${leaf.pages}, ${leaf.rows})
      ON CONFLICT (run, mapping, direction, schema_name, leaf) DO UPDATE
         SET file_node = EXCLUDED.file_node,
             pages = CASE WHEN s.file_node = EXCLUDED.file_node THEN s.pages ELSE EXCLUDED.pages END,
             rows_total = CASE WHEN s.file_node = EXCLUDED.file_node THEN s.rows_total ELSE EXCLUDED.rows_total END
      RETURNING pages, rows_total AS "rowsTotal"`);
    const done = await session.query<{ first: number; end: number; rows: number }>(
      sql`SELECT first_page AS first, end_page AS end, rows FROM ${j}.chunk WHERE ${place} ORDER BY first_page`,
    );
    const pages = sweep?.pages ?? 0;
    return {
      leaf: { schema: leaf.schema, name: leaf.name },
      fileNode: leaf.fileNode,
      pages,
      rowsTotal: sweep?.rowsTotal ?? 0,
      open: gaps(done, pages),
      rowsDone: done.reduce((sum, chunk) => sum + chunk.rows, 0),
    };
  });
}

/** What lies between the finished ranges of 0 … pages. */
export function gaps(
  done: readonly { readonly first: number; readonly end: number }[],
  pages: number,
): { first: number; end: number }[] {
  const open: { first: number; end: number }[] = [];
  let from = 0;
  for (const { first, end } of done) {
    if (first > from) open.push({ first: from, end: first });
    from = Math.max(from, end);
  }
  if (from < pages) open.push({ first: from, end: pages });
  return open;
}

/** Hands out the open pages of all leaves, a few at a time, in order. */
export class PageRanges {
  readonly #open: { sweep: Sweep; first: number; end: number }[];

  constructor(sweeps: readonly Sweep[]) {
    this.#open = sweeps.flatMap((sweep) => sweep.open.map((range) => ({ sweep, ...range })));
  }

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  take(pages: number): { sweep: Sweep; first: number; end: number } | null {
    const next = this.#open[0];
    if (!next) return null;
    const end = Math.min(next.end, next.first + pages);
    const taken = { ...next, end };
    if (end === next.end) this.#open.shift();
    else next.first = end;
    return taken;
  }

  /** A chunk that had to give way is done later. */
  putBack(range: { sweep: Sweep; first: number; end: number }): void {
    this.#open.push(range);
  }
}
