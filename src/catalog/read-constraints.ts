import type { Queryable } from '../database/database.ts';
import { sql, type RelationName } from '../sql/sql.ts';
import type { Constraint } from './catalog.ts';
import { groupByTable } from './group-by-table.ts';

type ConstraintRow = Omit<Constraint, 'references'> & {
  readonly table: number;
  readonly toSchema: string | null;
  readonly toName: string | null;
};

/** Constraints as a person declared them: what PostgreSQL adds for each partition that a foreign key points at is left out. */
export async function readConstraints(
  db: Queryable,
  oids: readonly string[],
): Promise<ReadonlyMap<number, Constraint[]>> {
  const rows = await db.query<ConstraintRow>(sql`
    SELECT k.conrelid AS "table",
           k.conname::text AS name,
           CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign'
                          WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' ELSE 'not null' END AS type,
           pg_get_constraintdef(k.oid) AS definition,
           ARRAY(
             SELECT a.attname::text
               FROM unnest(k.conkey) WITH ORDINALITY AS key (number, place)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number
              ORDER BY key.place
           ) AS columns,
           k.condeferrable AS deferrable,
           k.convalidated AS validated,
           n.nspname::text AS "toSchema",
           f.relname::text AS "toName",
           obj_description(k.oid, 'pg_constraint') AS comment
      FROM pg_constraint k
      LEFT JOIN pg_constraint parent ON parent.oid = k.conparentid
      LEFT JOIN pg_class f ON f.oid = k.confrelid
      LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
     WHERE k.conrelid = ANY (${oids}::oid[])
       AND k.contype IN ('p', 'u', 'f', 'c', 'x', 'n')
       AND parent.conrelid IS DISTINCT FROM k.conrelid
     ORDER BY k.conrelid, k.conname COLLATE "C"`);
  return groupByTable<Constraint>(
    rows.map(({ toSchema, toName, ...row }) => ({ ...row, references: relation(toSchema, toName) })),
  );
}

const relation = (schema: string | null, name: string | null): RelationName | null =>
  schema === null || name === null ? null : { schema, name };
