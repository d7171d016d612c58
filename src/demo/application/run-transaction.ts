import type { Client } from 'pg';
import type { Outcome, Request, Transaction } from './transaction.ts';

/** Runs it, in BEGIN … COMMIT when it is more than one statement or shall stay open for a while. */
export async function runTransaction(
  transaction: Transaction,
  request: Request,
  hold?: () => Promise<void>,
): Promise<Outcome> {
  if (transaction.statements === 'one' && !hold) return transaction.run(request);
  const { client } = request;
  await client.query('BEGIN');
  try {
    const outcome = await transaction.run(request);
    await hold?.();
    await client.query('COMMIT');
    return outcome;
  } catch (error) {
    await rollBack(client);
    throw error;
  }
}

/** What went wrong before is what counts. */
const rollBack = (client: Client) => client.query('ROLLBACK').catch(() => undefined);
