import type { Client } from 'pg';
import type { ReadSwitch } from '../../client/client.ts';
import type { Errors } from './errors.ts';
import { runTransaction } from './run-transaction.ts';
import type { Transaction } from './transaction.ts';
import type { Users } from './users.ts';

export interface Job {
  readonly client: Client;
  readonly transaction: Transaction;
  readonly user: number;
  readonly reads: ReadSwitch | null;
  /** Keeps the transaction open until this resolves. */
  readonly hold?: () => Promise<void>;
}

/** Runs transactions, one at a time for each user, and remembers what became of them. */
export function serveUsers(users: Users, errors: Errors) {
  const inFlight = new Set<Promise<void>>();
  let staleReads = 0;
  return {
    /** Takes a user for the transaction, and gives it back afterwards. */
    serve: async (transaction: Transaction, work: (user: number) => Promise<void>): Promise<void> => {
      const user = transaction.user === 'none' ? 0 : users.claim(transaction.user);
      const served = work(user).finally(() => users.release(user));
      inFlight.add(served);
      await served;
      inFlight.delete(served);
    },
    perform: async ({ client, transaction, user, reads, hold }: Job): Promise<void> => {
      try {
        const outcome = await runTransaction(transaction, { client, user, reads }, hold);
        if (users.acknowledge(outcome).stale) staleReads += 1;
      } catch (error) {
        users.forget(user);
        errors.add(transaction.kind, error);
      }
    },
    /** Until everything that has begun by now has ended. */
    drained: () => Promise.all(inFlight),
    staleReads: () => staleReads,
  };
}
