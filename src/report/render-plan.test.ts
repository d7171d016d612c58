import { expect, it } from 'vitest';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import { renderPlanMarkdown } from './render-plan-markdown.ts';
import { renderPlanSql } from './render-plan-sql.ts';
import { renderPlanText } from './render-plan-text.ts';

const users = { schema: 'public', name: 'users' };

const index: PlannedStep = {
  id: 'expand/01-index-users_email_idx',
  phase: 'expand',
  title: 'Build the index users_email_idx on users',
  kind: 'concurrently',
  risk: { level: 'medium', because: 'the build reads a large table twice', mitigation: 'It blocks no writes.' },
  estimate: { seconds: 90, basis: 'the table’s size' },
  sql: 'CREATE INDEX CONCURRENTLY "users_email_idx" ON "public"."users" (email)',
  locks: [{ relation: users, mode: 'SHARE UPDATE EXCLUSIVE', holds: 'build' }],
  undo: { sql: 'DROP INDEX\nCONCURRENTLY "users_email_idx"', locks: [] },
  done: 'SELECT true',
  free: 'SELECT true',
  clean: null,
};

const backup: PlannedStep = {
  id: 'expand/02-backup',
  phase: 'expand',
  title: 'A person names the backup',
  kind: 'gate',
  gate: 'backup',
  mapping: null,
  soakMs: null,
  risk: { level: 'low', because: 'it only reads', mitigation: 'None is needed.' },
  estimate: { seconds: null, basis: 'it waits' },
};

const plan: Plan = {
  schema: 'lockkeeper.plan/1',
  migration: 'users-email',
  planHash: '0123456789abcdef',
  document: {},
  journal: 'lockkeeper',
  serverMajor: 18,
  phases: [{ name: 'expand', goal: 'Add the new shape.', steps: [index, backup] }],
  mappings: [],
  summary: 'users-email runs in 1 phase: expand.',
  tables: [
    {
      relation: users,
      rows: 1_200_000,
      bytes: 150_000_000,
      indexBytes: 20_000_000,
      writesPerSecond: null,
      columns: [{ name: 'email', type: 'text', notNull: true, default: null }],
      constraints: [],
      indexes: [],
      risk: { level: 'low', because: 'nothing is removed from it', mitigation: 'None is needed.' },
    },
  ],
  newTables: [],
  removed: [],
  moves: [],
  risks: [index.risk],
  notes: [],
  impact: { statements: null, statementsWhy: 'pg_stat_statements is not installed.', dependants: [] },
  misfits: [],
  missing: [],
  fingerprints: [],
};

it('says in short what happens, what it blocks and for how long', () => {
  expect(renderPlanText(plan)).toBe(`users-email  plan 0123456789ab

users-email runs in 1 phase: expand.

Tables
  users: 1,200,000 rows, 143 MB and 19.1 MB of indexes; low risk, nothing is removed from it

expand
  Add the new shape.
  expand/01-index-users_email_idx                                      medium risk, about 1 min 30 s
      Build the index users_email_idx on users
      users: SHARE UPDATE EXCLUSIVE while the index is built, blocks nothing
  expand/02-backup                                                                      gate: backup
      A person names the backup

Risks
  medium  the build reads a large table twice. It blocks no writes.

Statements of the application that name what changes
  unknown: pg_stat_statements is not installed.

Nothing has run. To run it: lockkeeper apply users-email`);
});

it('lists the SQL that runs, with what it blocks and its undo in comments', () => {
  expect(renderPlanSql(plan)).toBe(`-- users-email, plan 0123456789abcdef
-- To be read. Lockkeeper runs it step by step: short lock waits, journal, chunks, gates.

-- ==== expand: Add the new shape.

-- expand/01-index-users_email_idx
-- Build the index users_email_idx on users
-- lock: users: SHARE UPDATE EXCLUSIVE while the index is built, blocks nothing
-- risk: medium, the build reads a large table twice. It blocks no writes.
-- takes: about 1 min 30 s (the table’s size)
CREATE INDEX CONCURRENTLY "users_email_idx" ON "public"."users" (email);
-- undo:
--     DROP INDEX
--     CONCURRENTLY "users_email_idx"

-- expand/02-backup
-- A person names the backup
-- gate: backup; what follows waits until it is open`);
});

it('writes every part of the planning document, and says what is unknown', () => {
  const document = renderPlanMarkdown(plan);
  expect(document.match(/^## .*$/gmu)).toEqual([
    '## Summary',
    '## Current schema of the touched tables',
    '## Tables modified',
    '## New tables',
    '## Removed',
    '## How the data moves',
    '## Queries affected',
    '## Statements that will fail once',
    '## Database objects affected',
    '## API affected',
    '## Pre-deployment checklist',
    '## Estimated downtime',
    '## Risks',
    '## Rollback plan',
    '## Phases',
  ]);
  expect(document).toContain('Unknown: pg\\_stat\\_statements is not installed.');
  expect(document).toContain('writes per second: unknown');
  expect(document).toMatch(/1\. \*\*Application\*\*.*\n2\. \*\*Migration\*\*.*\n3\. \*\*Restore\*\*/u);
  expect(document).toContain('- [ ] Backup taken, and named by a person: `lockkeeper approve users-email backup`');
});

it('ticks an approval that the journal knows of', () => {
  const gate = { id: backup.id, phase: backup.phase, gate: 'backup', open: true, why: '', opensBy: '' };
  const status = {
    ...{ migration: 'users-email', planHash: null, phase: null, state: 'running' as const, reason: null, phases: [] },
    ...{ steps: [], backfill: [], gates: [gate], reads: { percent: 0 }, quarantine: { open: 0, accepted: 0 } },
    ...{ executor: null, updatedAt: null },
  };
  expect(renderPlanMarkdown(plan, status)).toContain('- [x] Backup taken');
});

const hostile = 'x`|y\n; DROP TABLE users; --\r<b>*z*\u001b[31m\\|';

const withNames = (name: string): Plan => ({
  ...plan,
  migration: name,
  newTables: [{ schema: 'public', name }],
  tables: plan.tables.map((table) => ({
    ...table,
    relation: { schema: name, name },
    columns: [{ name, type: name, notNull: false, default: name }],
  })),
  phases: plan.phases.map((phase) => ({
    ...phase,
    goal: name,
    steps: [
      { ...index, id: name, title: name, undo: { sql: name, locks: [] } },
      { ...backup, id: name },
    ],
  })),
  risks: [{ level: 'high', because: name, mitigation: name }],
  misfits: [{ mapping: name, column: name, type: name, reason: name, rows: 1 }],
});

it('keeps tables whole and lines in place whatever a name holds', () => {
  const rows = renderPlanMarkdown(withNames(hostile))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const edges = (line: string) => [...line.matchAll(/(?<!\\)\|/gu)].length; // renderers look one character back
  expect(new Set(rows.map(edges))).toEqual(new Set([4, 5, 7]));
  expect(rows.every((line) => line.endsWith(' |'))).toBe(true);
  expect(renderPlanMarkdown(withNames(hostile))).not.toMatch(/^; DROP|\u001b|<b>(?!.*`)/mu);
  expect(renderPlanText(withNames(hostile))).not.toMatch(/^; DROP|\u001b/mu);
});

it('lets nothing out of a comment in SQL', () => {
  const lines = renderPlanSql(withNames(hostile)).split(/\r\n|\r|\n/u);
  const outside = lines.filter((line) => line !== '' && !line.startsWith('--'));
  expect(outside).toEqual([`${'sql' in index ? index.sql : ''};`]);
});
