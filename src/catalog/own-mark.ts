import { raw, type Sql } from '../sql/sql.ts';

/** A comment inside statements of ours that read or write the application's tables, so that they are not taken for the application's. */
export const ownMark: Sql = raw('/* lockkeeper */');
