import type { Sql } from '../sql/sql.ts';

/** Something that runs SQL. It takes `Sql`, never a string. */
export interface Queryable {
  /** One statement; values are bound as parameters. Rows as plain objects, bigint and numeric counts as numbers. */
  query<Row>(statement: Sql): Promise<Row[]>;
  /** Any number of statements; values are written as literals, as DDL needs. */
  execute(statement: Sql): Promise<void>;
}

/** One connection, used by one piece of work at a time. */
export interface Session extends Queryable {
  /** The backend's process id on the server. */
  readonly pid: number;
  /** BEGIN … COMMIT around the work, in READ COMMITTED; ROLLBACK when it throws. Not nestable. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Aborts the statement that is running now, from another connection. Harmless when none is. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** What a session is for; part of its application_name, so that a database owner can tell ours apart. */
export type SessionRole = 'executor' | 'worker' | 'drain' | 'watch' | 'read';

/** Opens a new session. `read` sessions are read-only. Every session has row_security off: an error, never a silently shorter answer. */
export type Connect = (role: SessionRole, migration?: string) => Promise<Session>;
