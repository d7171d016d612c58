import type { Queryable } from '../database/database.ts';
import { sql } from '../sql/sql.ts';
import type { Index } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

/** Every index. One of a partitioned table is as big as those of its leaves together. */
export const readIndexes = async (db: Queryable, oids: readonly string[]): Promise<ReadonlyMap<number, Index[]>> =>
  groupByTable<Index>(
    (
      await db.query<Index & { table: number }>(sql`
      WITH RECURSIVE part AS (
        SELECT indexrelid AS root, indexrelid AS oid
          FROM pg_index
         WHERE indrelid = ANY (${oids}::oid[])
         UNION ALL
        SELECT p.root, i.inhrelid
          FROM part p
          JOIN pg_inherits i ON i.inhparent = p.oid
      ), size AS (
        SELECT root, sum(pg_relation_size(oid))::float8 AS bytes
          FROM part
         GROUP BY root
      )
      SELECT x.indrelid AS "table",
             c.relname::text AS name,
             pg_get_indexdef(x.indexrelid) AS definition,
             ARRAY(
               SELECT a.attname::text
                 FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS key (number, place)
                 JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = key.number
                WHERE key.number > 0 AND key.place <= x.indnkeyatts
                ORDER BY key.place
             ) AS columns,
             ARRAY(
               SELECT a.attname::text
                 FROM pg_attribute a
                WHERE a.attrelid = x.indrelid AND a.attnum > 0
                  AND (a.attnum = ANY (x.indkey::int2[]) OR EXISTS (
                    SELECT FROM pg_depend d
                     WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
                       AND d.refclassid = 'pg_class'::regclass AND d.refobjid = x.indrelid
                       AND d.refobjsubid = a.attnum))
                ORDER BY a.attnum
             ) AS "dependsOn",
             x.indisunique AS unique,
             x.indisprimary AS primary,
             x.indisvalid AS valid,
             x.indpred IS NOT NULL OR x.indexprs IS NOT NULL AS partial,
             k.conname::text AS "constraint",
             (SELECT jsonb_agg(jsonb_build_object('position', a.attnum, 'target', a.attstattarget) ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = x.indexrelid AND a.attstattarget > -1) AS statistics,
             (SELECT spcname::text FROM pg_tablespace WHERE oid = c.reltablespace) AS tablespace,
             x.indisclustered AS clustered,
             x.indisreplident AS "replicaIdentity",
             s.bytes,
             obj_description(x.indexrelid, 'pg_class') AS comment
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indexrelid
        JOIN size s ON s.root = x.indexrelid
        LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')
       WHERE x.indrelid = ANY (${oids}::oid[])
       ORDER BY x.indrelid, c.relname COLLATE "C"`)
    ).map(present),
  );

/** What is usual is left out, so that a shape remembered before these were read is still the same. */
const present = <Row extends Index>({ statistics, tablespace, clustered, replicaIdentity, ...row }: Row) => ({
  ...row,
  ...(statistics ? { statistics } : {}),
  ...(tablespace ? { tablespace } : {}),
  ...(clustered ? { clustered } : {}),
  ...(replicaIdentity ? { replicaIdentity } : {}),
});
