import type { Catalog, Table } from '../catalog/catalog.ts';
import { inferJson } from '../catalog/infer-json.ts';
import type { JsonStructure } from '../catalog/json-structure.ts';
import type { Session } from '../database/database.ts';
import { sqlState } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import { ident, inline, qualified } from '../sql/sql.ts';

/** The structure of a JSON column; a role that may not read the table is told what it lacks. */
export async function structureOf(
  session: Session,
  catalog: Catalog,
  table: Table,
  column: string,
  showValues: boolean,
): Promise<JsonStructure> {
  try {
    return await inferJson(session, table, column, { showValues });
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    throw mayNotRead(table, catalog.server.user, error);
  }
}

const mayNotRead = (table: Table, user: string, cause: unknown) =>
  new LockkeeperError('PERMISSION_MISSING', {
    message: `This role may not read "${table.schema}"."${table.name}".`,
    hint: 'The structure of a JSON column is found by reading its rows.',
    fix: `GRANT SELECT ON ${inline(qualified(table))} TO ${inline(ident(user))};`,
    cause,
  });
