import type { Connect } from '../../src/database/database.ts';
import { sql } from '../../src/sql/sql.ts';
import { stepped, type Point } from './stepped.ts';

/** What a process that is gone would have said: no engine takes it for a lost connection and tries again. */
class Killed extends Error {}

/** Work that changes the database and is kept: between two of these a kill leaves what the first left. */
const isKept = ({ role, when, text, inTransaction }: Point) =>
  role !== 'watch' &&
  role !== 'read' &&
  when === 'after' &&
  (text === 'COMMIT' || (!inTransaction && !/^(SELECT(?!.*(set_reads|advisory))|SET|SHOW)\b/is.test(text)));

/**
 * The connections of a process that is killed right after it has made its n-th change: every backend of it is ended, and
 * the answer to that change never arrives. `changes` counts them; with n = null nobody dies.
 */
export function mortal(connect: Connect, n: number | null) {
  const pids = new Set<number>();
  let dead = false;
  const seen: string[] = [];
  const kill = async () => {
    dead = true;
    const admin = await connect('executor', 'killer');
    try {
      // Until all have gone: what they had not committed is undone by then.
      for (;;) {
        const left = await admin.query(
          sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid::text = ANY (${[...pids].map(String)})`,
        );
        if (!left.length) return;
      }
    } finally {
      await admin.close();
    }
  };
  const watched = stepped(connect, async (point) => {
    if (dead) throw new Killed();
    if (!isKept(point)) return;
    seen.push(point.text);
    if (seen.length !== n) return;
    await kill();
    throw new Killed();
  });
  return {
    changes: seen,
    connect: (async (role, migration) => {
      if (dead) throw new Killed();
      const session = await watched(role, migration);
      pids.add(session.pid);
      return session;
    }) satisfies Connect,
  };
}
