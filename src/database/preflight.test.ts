import { describe, expect, it } from 'vitest';
import { bind } from '../sql/sql.ts';
import type { Session } from './database.ts';
import { checkTarget } from './preflight.ts';

const healthy = { version: '18.4', number: 180_004, standby: false, pids: [7], forgets: false };

/** A server that answers what checkTarget asks. */
function serverLike(given: Partial<typeof healthy>): Session {
  const { pids, forgets, ...server } = { ...healthy, ...given };
  let probe: unknown = null;
  let asked = 0;
  const nothing = () => Promise.resolve();
  return {
    pid: 7,
    query: <Row>(statement: Parameters<Session['query']>[0]) => {
      const { text, values } = bind(statement);
      if (text.includes('server_version')) return Promise.resolve([server] as Row[]);
      if (text.includes('set_config')) probe = forgets ? null : values[0];
      return Promise.resolve([{ pid: pids[asked++ % pids.length], probe }] as Row[]);
    },
    execute: nothing,
    transaction: (work) => work(),
    cancel: nothing,
    close: nothing,
  };
}

describe('checkTarget', () => {
  it('accepts an ordinary server', async () => {
    await expect(checkTarget(serverLike({}))).resolves.toBeUndefined();
  });

  it.each([
    ['STANDBY', { standby: true }],
    ['SERVER_TOO_OLD', { version: '13.9', number: 130_009 }],
    ['TRANSACTION_POOLER', { pids: [7, 7, 8] }],
    ['TRANSACTION_POOLER', { forgets: true }],
  ])('refuses with %s', async (code, server) => {
    await expect(checkTarget(serverLike(server))).rejects.toMatchObject({ code, exitCode: 3 });
  });
});
