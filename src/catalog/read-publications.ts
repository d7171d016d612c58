import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';

/** The publications each table's changes go out through: named, through its schema, its partitions or its parents, or FOR ALL TABLES. */
export async function readPublications(
  db: Queryable,
  oids: readonly string[],
  versionNumber: number,
): Promise<ReadonlyMap<number, string[]>> {
  // FOR TABLES IN SCHEMA came with 15.
  const bySchema =
    versionNumber >= 150_000
      ? sql`EXISTS (
              SELECT FROM pg_publication_namespace s
               WHERE s.pnpubid = p.oid AND s.pnnspid IN (SELECT relnamespace FROM pg_class WHERE oid = f.member))`
      : sql`false`;
  const rows = await db.query<{ table: number; names: string[] }>(sql`
    WITH RECURSIVE below AS (
      SELECT oid AS root, oid AS member
        FROM unnest(${oids}::oid[]) AS asked (oid)
       UNION
      SELECT b.root, i.inhrelid
        FROM below b
        JOIN pg_inherits i ON i.inhparent = b.member
        JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
    ), family AS (
      SELECT root, member FROM below
       UNION
      SELECT oid, a.relid
        FROM unnest(${oids}::oid[]) AS asked (oid)
       CROSS JOIN LATERAL pg_partition_ancestors(oid) a
    )
    SELECT f.root AS "table", array_agg(DISTINCT p.pubname::text ORDER BY p.pubname::text) AS names
      FROM family f
      JOIN pg_publication p
        ON p.puballtables
        OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = f.member)
        OR ${bySchema}
     GROUP BY f.root`);
  return new Map(rows.map((row) => [row.table, row.names]));
}
