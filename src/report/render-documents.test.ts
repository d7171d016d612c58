import { expect, it } from 'vitest';
import { LockkeeperError } from '../errors.ts';
import type { MigrationStatus, Quarantine, RunResult, Verification } from './document-schemas.ts';
import { renderArchives } from './render-archives.ts';
import { errorDocument, renderError } from './render-error.ts';
import { renderQuarantine } from './render-quarantine.ts';
import { renderRun } from './render-run.ts';
import { renderStatus } from './render-status.ts';
import { renderVerify } from './render-verify.ts';
import { wrap } from './text.ts';
import { bytesText, duration, shellWord } from './words.ts';

const gate = {
  id: 'contract/01-backup',
  phase: 'contract',
  gate: 'backup',
  open: false,
  why: 'no backup was named',
  opensBy: 'lockkeeper approve m backup',
} as const;

const running: MigrationStatus = {
  migration: 'm',
  planHash: '0123456789abcdef',
  phase: 'expand',
  state: 'running',
  reason: null,
  phases: [],
  steps: [
    {
      ...{ id: 'expand/01-a', phase: 'expand', kind: 'ddl', title: 'A', state: 'done' },
      ...{ attempts: 2, lockWaitMs: 120, lockHeldMs: 3 },
    },
    {
      ...{ id: 'contract/01-backup', phase: 'contract', kind: 'gate', title: 'B', state: 'pending' },
      ...{ attempts: 0, lockWaitMs: 0, lockHeldMs: 0 },
    },
  ],
  backfill: [
    { mapping: 'u.p', rowsDone: 500, rowsTotal: 1000, rowsPerSecond: 250, secondsLeft: 2, throttle: 'replica-lag' },
  ],
  gates: [gate],
  reads: { percent: 0 },
  quarantine: { open: 1, accepted: 2 },
  executor: { host: 'h', process: 1, backend: 2, since: '2026-01-01T00:00:00Z', alive: false },
  updatedAt: '2026-01-01T00:00:00Z',
};

it('shows one migration in detail', () => {
  expect(renderStatus({ schema: 'lockkeeper.status/1', migrations: [running] })).toBe(`m  running
  done: expand
  plan: 0123456789ab
  reads of the new shape: 0 %
  quarantine: 1 open, 2 accepted
  executor: process 1 on h, backend 2, since 2026-01-01T00:00:00Z, gone
  updated: 2026-01-01T00:00:00Z

Steps
  step                state    tries  lock wait  lock held
  expand/01-a         done         2     120 ms       3 ms
  contract/01-backup  pending      –          –          –

Backfill
  u.p: 500 of 1,000 rows (50 %), 250 rows/s, 2.0 s left, held back by replica-lag

Closed gates
  contract/01-backup
    no backup was named
    opens by: lockkeeper approve m backup`);
});

it('shows several as a list', () => {
  expect(renderStatus({ schema: 'lockkeeper.status/1', migrations: [running, running] }).split('\n')).toEqual([
    'migration  state    phase   backfill  quarantine  updated',
    'm          running  expand      50 %      1 open  2026-01-01T00:00:00Z',
    'm          running  expand      50 %      1 open  2026-01-01T00:00:00Z',
  ]);
});

it('says how a run ended and what to type next', () => {
  const run: RunResult = {
    ...{ schema: 'lockkeeper.run/1', migration: 'm n', planHash: 'x', direction: 'forward', outcome: 'reached' },
    ...{ phase: 'contract', closedGates: [], next: ['m n/end-as'], ms: 1500 },
  };
  expect(renderRun(run)).toBe("m n: contract is done in 1.5 s.\nIt is followed by: lockkeeper apply 'm n/end-as'");
  expect(renderRun({ ...run, outcome: 'waiting', phase: 'switch', closedGates: [gate] })).toBe(
    [
      'm n: stopped at a closed gate; done: switch.',
      '  contract/01-backup',
      '    no backup was named',
      '    opens by: lockkeeper approve m backup',
      "Then: lockkeeper apply 'm n'",
    ].join('\n'),
  );
  expect(renderRun({ ...run, direction: 'back', outcome: 'interrupted', phase: null })).toContain(
    'lockkeeper rollback',
  );
  expect(renderRun({ ...run, direction: 'back', phase: null })).toContain('rolled back in 1.5 s');
});

it('shows differences, and what became of every value', () => {
  const found: Verification = {
    ...{ schema: 'lockkeeper.verify/1', migration: 'm', ok: false, triggers: [{ name: 't', problem: 'disabled' }] },
    mappings: [
      {
        ...{ mapping: 'u.p', title: 'u.p → p', compared: 10, missing: 1, extra: 0, stale: 0, quarantined: 0 },
        ...{ pending: 0, ok: false, repaired: 1 },
        columns: [{ column: 'theme', exact: 8, defaultFilled: 1, lost: 1 }],
      },
    ],
  };
  const text = renderVerify(found);
  expect(text).toMatch(/u\.p → p +10 +1 +0 +0 +0 +0 {2}differs, 1 row repaired/u);
  expect(text).toMatch(/theme +8 +1 +1/u);
  expect(text).toContain('  t: disabled');
  expect(text).toContain('lockkeeper verify m --repair');
});

it('shows quarantine by kind, and values only when the document holds them', () => {
  const groups = [{ target: 'p', column: 'theme', type: 'array', reason: 'not text', state: 'open', rows: 2 }];
  const document: Quarantine = {
    ...{ schema: 'lockkeeper.quarantine/1', migration: 'm', open: 2, accepted: 0, settled: 0, groups },
  };
  expect(renderQuarantine(document)).toMatch(/2 values open[^]*theme +array[^]*quarantine accept m/u);
  const value = { id: 1, key: [7], column: 'theme', reason: 'not text', original: 'a\u001b[2Jb', state: 'open' };
  expect(renderQuarantine({ ...document, values: [value] })).toContain('"a\\u001b[2Jb"');
});

it('lists archives', () => {
  expect(renderArchives({ schema: 'lockkeeper.archive/1', archives: [] })).toBe('Nothing is archived.');
});

it('explains a failure to people without letting it steer their terminal, and to programs', () => {
  const error = new LockkeeperError('USAGE', { message: 'What\u001b[2J', hint: 'Why', fix: 'Type', details: { a: 1 } });
  expect(renderError(error)).toBe('error USAGE: What\u{fffd}[2J\n  Why\n  Type');
  expect(errorDocument(error)).toEqual({
    ...{ schema: 'lockkeeper.error/1', code: 'USAGE', message: 'What\u001b[2J', hint: 'Why', fix: 'Type' },
    details: { a: 1 },
  });
});

it('has words for sizes, times and shells', () => {
  expect([0, 1023, 1024, 150_000_000].map(bytesText)).toEqual(['0 bytes', '1023 bytes', '1.0 kB', '143 MB']);
  expect([90_000, 3_600_000, 90_000_000].map(duration)).toEqual(['1 min 30 s', '1 h', '1 d 1 h']);
  expect(['a/b-c.yaml', "it's", '-x', ''].map(shellWord)).toEqual(['a/b-c.yaml', `'it'\\''s'`, `'-x'`, `''`]);
  expect(wrap('aa bb cc', '  ', 7)).toBe('  aa bb\n  cc');
});
