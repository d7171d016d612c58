import { expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import type { Preview } from '../app/apply-migration.ts';
import type { Plan } from '../plan/plan.ts';
import { confirmContract, confirmStart } from './confirm-start.ts';

const preview: Preview = {
  plan: { migration: 'm', planHash: '0123456789abcdef' } as Plan,
  target: {
    ...{ host: 'server', database: 'app', user: 'deploy', serverVersion: '18.4' },
    tables: [{ table: 'public.users', rows: 1200 }],
  },
  phases: ['expand', 'backfill'],
  firstTime: true,
};
const start = { verb: 'apply', host: 'db:5432', yes: false } as const;
const answering = (confirmed: boolean) =>
  fakeTerminal({ interactive: true, confirm: () => Promise.resolve(confirmed) });

it('shows where and what before it asks', async () => {
  const terminal = answering(true);
  expect(await confirmStart(terminal, start)(preview)).toBe(true);
  expect(terminal.said).toEqual([
    `Apply m, plan 0123456789ab
  host      db:5432
  database  app
  user      deploy
  server    PostgreSQL 18.4
  phases    expand → backfill
  tables    public.users (1,200 rows)`,
  ]);
  expect(await confirmStart(answering(false), start)(preview)).toBe(false);
});

it('starts without a question only with --yes, or when there is nothing to run', async () => {
  const nobody = fakeTerminal();
  await expect(confirmStart(nobody, start)(preview)).rejects.toMatchObject({
    code: 'NOT_CONFIRMED',
    fix: 'When what is shown above is right: lockkeeper apply m --yes',
  });
  expect(await confirmStart(nobody, { ...start, yes: true })(preview)).toBe(true);
  expect(await confirmStart(nobody, start)({ ...preview, phases: [] })).toBe(true);
  expect(nobody.said).toHaveLength(3);
});

it('wants the migration’s name typed before contract', async () => {
  const typing = (text: string) => fakeTerminal({ interactive: true, ask: () => Promise.resolve(text) });
  const rest = () => undefined;
  expect(await confirmContract(typing('m'), rest)('m')).toBe(true);
  expect(await confirmContract(typing('y'), rest)('m')).toBe(false);
  expect(await confirmContract(fakeTerminal(), rest)('m')).toBe(false);
});
