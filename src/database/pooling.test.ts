import { describe, expect, it } from 'vitest';
import { bind } from '../sql/sql.ts';
import type { Session } from './database.ts';
import { refuseTransactionPooling } from './pooling.ts';

/** A connection through a proxy; settings belong to the server process behind it, which `pidNow` names. */
function through(pidNow: () => number, settings: Map<number, unknown>): Session {
  const pid = pidNow();
  const nothing = () => Promise.resolve();
  return {
    pid,
    query: <Row>(statement: Parameters<Session['query']>[0]) => {
      const { text, values } = bind(statement);
      if (text.includes('set_config')) settings.set(pidNow(), values[0]);
      return Promise.resolve([{ pid: pidNow(), probe: settings.get(pidNow()) ?? null }] as Row[]);
    },
    execute: nothing,
    transaction: (work) => work(),
    cancel: nothing,
    close: nothing,
  };
}

describe('refuseTransactionPooling', () => {
  const settings = new Map<number, unknown>();
  const second = () => Promise.resolve(through(() => 2, settings));

  it('accepts a proxy that pools by session', async () => {
    await expect(
      refuseTransactionPooling(
        through(() => 1, settings),
        second,
      ),
    ).resolves.toBeUndefined();
  });

  it('refuses when the second connection is given the same server', async () => {
    const refused = refuseTransactionPooling(
      through(() => 2, settings),
      second,
    );
    await expect(refused).rejects.toMatchObject({ code: 'TRANSACTION_POOLER' });
  });

  it('refuses when the first connection is moved to another server', async () => {
    let asked = 10;
    const refused = refuseTransactionPooling(
      through(() => asked++, settings),
      second,
    );
    await expect(refused).rejects.toMatchObject({ code: 'TRANSACTION_POOLER' });
  });

  it('refuses a proxy that allows no transactions at all', async () => {
    const byStatement = {
      ...(await second()),
      transaction: () => Promise.reject(Object.assign(new Error(), { code: '08P01' })),
    };
    const refused = refuseTransactionPooling(
      through(() => 1, settings),
      () => Promise.resolve(byStatement),
    );
    await expect(refused).rejects.toMatchObject({ code: 'TRANSACTION_POOLER' });
  });
});
