import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { connectTo } from '../src/database/connect.ts';
import { parseTarget } from '../src/database/target.ts';
import { ident, sql } from '../src/sql/sql.ts';
import { withServer } from './support/server.ts';
import { crashing } from './support/storm/executor.ts';
import { describeFailure } from './support/storm/many.ts';
import { storm, type Kind } from './support/storm/storm.ts';

// fsync is on, and the server ends without a word while chunks, drains and steps run: again and again.

const kind: Kind = {
  moves: 4,
  fillers: 3000,
  pacing: { thinkMs: 40, slowMs: 300 },
  processes: false,
  meddles: false,
};

it.each([0, 1, 2])('nothing acknowledged is lost when the server crashes (%s)', { timeout: 300_000 }, async () => {
  await withServer({ settings: ['max_prepared_transactions=20'] }, async (server) => {
    const admin = await server.connect('executor', 'tests');
    await admin.execute(sql`CREATE DATABASE ${ident('crashing')}`).finally(() => admin.close());
    const url = server.url('crashing');
    const report = await storm({
      url,
      connect: connectTo(parseTarget(url)),
      kind,
      seed: randomInt(1_000_000_000),
      executor: crashing(server),
    });
    expect(report.failures, describeFailure(report, '')).toEqual([]);
    expect(report.counts.get('server crashes')).toBeGreaterThan(0);
  });
});
