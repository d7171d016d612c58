import { asPeopleLookUp } from '../catalog/with-setting.ts';
import type { Session } from '../database/database.ts';
import { isConnectionLost, isPassing } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import { sql } from '../sql/sql.ts';

/** Types as the author wrote them → as they read under an empty search_path. Types of PostgreSQL's own keep their spelling. */
export async function resolveTypes(session: Session, written: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const resolved = new Map<string, string>();
  for (const type of new Set(written)) {
    const name = await lookUp(session, type).catch((error: unknown) => {
      if (isConnectionLost(error) || isPassing(error)) throw error;
      return null; // it is not written as a type is
    });
    if (name === null)
      throw new LockkeeperError('TYPE_NOT_FOUND', {
        message: `There is no type "${type}" in this database.`,
        hint: 'Types are looked up as in a CREATE TABLE, through the search_path that this role has.',
        fix: 'Correct the type in the migration, or write it with its schema.',
      });
    // A name in pg_catalog needs no schema, and the author's spelling keeps the modifiers: varchar(20).
    resolved.set(type, name.includes('.') ? name : type);
  }
  return resolved;
}

async function lookUp(session: Session, type: string): Promise<string | null> {
  const [found] = await asPeopleLookUp(session, () =>
    session.query<{ oid: number | null }>(
      sql`SELECT pg_catalog.to_regtype(${type}::pg_catalog.text)::pg_catalog.oid::pg_catalog.int8 AS oid`,
    ),
  );
  if (found?.oid == null) return null;
  return await session.transaction(async () => {
    await session.execute(sql`SET LOCAL search_path = ''`);
    const [row] = await session.query<{ name: string }>(
      sql`SELECT format_type(${found.oid}::bigint::oid, NULL) AS name`,
    );
    return row?.name ?? null;
  });
}
