import type { Connect } from '../../src/database/database.ts';
import { raw } from '../../src/sql/sql.ts';

/** Sessions in which names are looked up as the application's scripts are written for, not as our own statements are. */
export const asApplication =
  (connect: Connect): Connect =>
  async (role, name) => {
    const session = await connect(role, name);
    await session.execute(raw('SET search_path = "$user", public'));
    return session;
  };
