import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import type { Table } from './catalog.ts';

/** What pg_class says of one table. */
export type TableRow = Pick<
  Table,
  | 'oid'
  | 'schema'
  | 'name'
  | 'kind'
  | 'owner'
  | 'unlogged'
  | 'comment'
  | 'rowSecurity'
  | 'forceRowSecurity'
  | 'replicaIdentity'
  | 'updateRules'
  | 'parents'
  | 'ofType'
>;

/** The tables among these names, in the order asked; names are taken as written. */
export const readTables = (db: Queryable, names: readonly RelationName[]): Promise<TableRow[]> =>
  db.query<TableRow>(sql`
    SELECT c.oid,
           n.nspname::text AS schema,
           c.relname::text AS name,
           CASE c.relkind WHEN 'p' THEN 'partitioned' ELSE 'table' END AS kind,
           pg_get_userbyid(c.relowner)::text AS owner,
           c.relpersistence = 'u' AS unlogged,
           obj_description(c.oid, 'pg_class') AS comment,
           c.relrowsecurity AS "rowSecurity",
           c.relforcerowsecurity AS "forceRowSecurity",
           CASE c.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' ELSE 'default' END
             AS "replicaIdentity",
           ARRAY(SELECT r.rulename::text FROM pg_rewrite r
                  WHERE r.ev_type = '2' AND r.ev_class IN (SELECT c.oid UNION ALL SELECT p.relid FROM pg_partition_tree(c.oid) p) ORDER BY 1)
             AS "updateRules",
           coalesce((SELECT jsonb_agg(jsonb_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
                       FROM pg_inherits i
                       JOIN pg_class p ON p.oid = i.inhparent
                       JOIN pg_namespace pn ON pn.oid = p.relnamespace
                      WHERE i.inhrelid = c.oid), '[]') AS parents,
           nullif(c.reloftype, 0)::regtype::text AS "ofType"
      FROM unnest(${names.map((t) => t.schema)}::text[], ${names.map((t) => t.name)}::text[])
           WITH ORDINALITY AS asked (schema, name, place)
      JOIN pg_namespace n ON n.nspname = asked.schema
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = asked.name
     WHERE c.relkind IN ('r', 'p')
     ORDER BY asked.place`);
