import { ident, inline, join, sql, type Sql } from './sql.ts';

/** Where names in our own statements are looked up, and nowhere else: what others may create has no say in what they mean. */
export const ownPath = sql`pg_catalog, pg_temp`;

/**
 * A condition that always holds, and from which on a trigger of the application that the statement fires looks for its tables in
 * these schemas too. The statement's own names have been looked up before.
 */
export const lookingIn = (schemas: readonly string[]): Sql =>
  schemas.length
    ? sql`(SELECT set_config('search_path', ${inline(join([sql`pg_catalog`, ...schemas.map(ident), sql`pg_temp`]))}, true)) IS NOT NULL`
    : sql`true`;

/** After such a statement: the next one's names are looked up as ours again. */
export const backToOwnPath = sql`SET LOCAL search_path = ${ownPath}`;

/** The same inside of PL/pgSQL, as an expression, which costs less than a statement. It leaves FOUND as it is. */
export const backToOwnPathInside = sql`IF set_config('search_path', ${inline(ownPath)}, true) IS NULL THEN NULL; END IF;`;
