import type { Connect, Session, SessionRole } from '../../src/database/database.ts';
import { inline, type Sql } from '../../src/sql/sql.ts';

/** A moment in the work of a session: right before or right after a statement or a COMMIT. */
export interface Point {
  readonly role: SessionRole;
  readonly when: 'before' | 'after';
  /** `COMMIT`, or the statement's text. */
  readonly text: string;
  readonly inTransaction: boolean;
  /** The session itself: what a test runs on it is not a point. */
  readonly session: Session;
}

/** Sessions that stop at every point until the test lets them go on. */
export const stepped =
  (connect: Connect, at: (point: Point) => Promise<void> | void): Connect =>
  async (role, migration) => {
    const session = await connect(role, migration);
    let inTransaction = false;
    const around = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
      const point = { role, text, inTransaction, session };
      await at({ ...point, when: 'before' });
      const result = await work();
      await at({ ...point, when: 'after' });
      return result;
    };
    const statement = <T>(text: Sql, work: () => Promise<T>) => around(inline(text).trim(), work);
    return {
      ...session,
      query: <Row>(text: Sql) => statement(text, () => session.query<Row>(text)),
      execute: (text) => statement(text, () => session.execute(text)),
      transaction: async (work) => {
        const result = await session.transaction(async () => {
          inTransaction = true;
          try {
            const done = await work();
            await at({ role, text: 'COMMIT', inTransaction, session, when: 'before' });
            return done;
          } finally {
            inTransaction = false;
          }
        });
        await at({ role, text: 'COMMIT', inTransaction: true, session, when: 'after' });
        return result;
      },
    };
  };
