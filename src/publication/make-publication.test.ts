import { describe, expect, it } from 'vitest';
import { readMarkdown } from '../markdown/read-markdown.ts';
import { writeMarkdown } from '../markdown/write-markdown.ts';
import type { Event } from '../events.ts';
import type { Plan, PlannedGate, PlannedMapping, PlannedSql } from '../plan/plan.ts';
import { extractRequirements } from '../spec/extract-requirements.ts';
import type { History } from './history.ts';
import { makePublication } from './make-publication.ts';

const orders = { schema: 'public', name: 'orders' };
const low = { level: 'low', because: 'it only reads', mitigation: 'None is needed.' } as const;
const estimate = { seconds: 0, basis: 'the catalog only' };

const ddl = (id: string, title: string, sql = 'SELECT 1'): PlannedSql => ({
  ...{ id, phase: id.split('/')[0] as PlannedSql['phase'], title, risk: low, estimate, kind: 'ddl', sql },
  locks: [{ relation: orders, mode: 'ACCESS EXCLUSIVE', holds: 'instant' }],
  undo: { sql: 'SELECT 2', locks: [] },
  ...{ undoKeepingData: null, installs: [], drainFirst: null, settle: null, revive: null },
});

const gate = (id: string, kind: PlannedGate['gate'], change: Partial<PlannedGate> = {}): PlannedGate => ({
  ...{ id, phase: id.split('/')[0] as PlannedGate['phase'], title: `The gate ${kind}`, risk: low, estimate },
  ...{ kind: 'gate', gate: kind, mapping: 'orders.total', soakMs: null },
  ...change,
});

const create = ddl(
  'expand/01-add-orders.total_cents',
  'Add orders.total_cents',
  'ALTER TABLE orders ADD total_cents int',
);
const parity = gate('dual-write/01-parity', 'parity');
const soak = gate('contract/01-soak', 'soak', { mapping: null, soakMs: 3_600_000 });
const unused = gate('contract/02-old-shape-unused', 'old-shape-unused');
const archive = ddl('contract/03-archive-orders.total', 'Stop syncing and archive orders.total');

const mapping: PlannedMapping = {
  ...{ id: 'orders.total', kind: 'column', source: orders, column: 'total', targets: [], key: ['id'], leaf: orders },
  ...{
    chunk: '',
    chunkCarefully: null,
    drain: null,
    revive: [],
    mend: null,
    parity: [],
    misfits: '',
    requarantine: '',
    oldWrites: null,
  },
};

const plan = (change: Partial<Plan> = {}): Plan => ({
  ...{ schema: 'lockkeeper.plan/1', migration: 'cents', planHash: 'abc', document: {}, journal: 'lockkeeper' },
  ...{
    serverMajor: 18,
    summary: 'cents runs.',
    newTables: [],
    moves: [],
    risks: [],
    notes: [],
    misfits: [],
    missing: [],
  },
  phases: [
    { name: 'expand', goal: 'Add.', steps: [create] },
    { name: 'dual-write', goal: 'Sync.', steps: [parity] },
    { name: 'contract', goal: 'Leave.', steps: [soak, unused, archive] },
  ],
  mappings: [mapping],
  tables: [],
  removed: [{ table: orders, column: 'total', replacedBy: 'total_cents' }],
  impact: { statements: [], statementsWhy: '', dependants: [] },
  fingerprints: [],
  ...change,
});

type Told = readonly (readonly [at: string, event: Event])[];

/** Steps that are done, and what was told. */
const history = (done: readonly string[], told: Told = [], change: Partial<History['status']> = {}): History => ({
  status: {
    ...{ migration: 'cents', planHash: 'abc', phase: null, state: 'waiting', reason: null, phases: [], backfill: [] },
    ...{ gates: [], reads: { percent: 0 }, quarantine: { open: 0, accepted: 0 }, executor: null, updatedAt: null },
    steps: done.map((id) => ({
      ...{ id, phase: 'expand', kind: 'ddl', title: '', state: 'done', attempts: 1, lockWaitMs: 0, lockHeldMs: 3 },
    })),
    ...change,
  },
  times: new Map(done.map((id) => [id, { startedAt: '2026-11-21T10:00:00Z', finishedAt: '2026-11-21T10:05:00Z' }])),
  events: told.map(([at, event]) => ({ at, event })),
  ...{ quarantine: [], switchedAt: '2026-11-21T11:00:00Z', archives: 0, followUps: [] },
});

const made = async (
  specification: string,
  of: Plan = plan(),
  seen: History = history([]),
  published: readonly string[] = [],
) => {
  const requirements = extractRequirements(readMarkdown(specification), { source: 'spec.md' });
  const { documents } = await makePublication(
    { specification: 'spec.md', tasks: null, requirements, plan: of, history: seen, published },
    () => Promise.resolve(),
  );
  const page = (key: string) => documents.find((document) => document.key === `cents/${key}`);
  const section = (key: string, name: string): string =>
    writeMarkdown({ type: 'root', children: [...(page(key)?.sections.find((s) => s.key === name)?.body ?? [])] });
  return { documents, page, section };
};

describe('requirements', () => {
  const rows = (text: string) => text.split('\n').filter((line) => /^\| (?:R|C|FR|AC|PERF)/u.test(line));

  it('are traced to the steps and checks that meet them, and to what these showed', async () => {
    const spec = '# Cents\n\n- **Target**: a column `total_cents`\n- **Must maintain**: Backward compatibility\n';
    const before = (await made(spec)).section('plan', 'requirements');
    expect(rows(before)[0]).toBe(
      '| R1 | a column total_cents | line 3 | `expand/01-add-orders.total_cents` | `dual-write/01-parity` | not yet |',
    );
    const opened = {
      type: 'gate.opened',
      step: parity.id,
      gate: 'parity',
      why: '7 compared, 0 missing, 0 extra, 0 stale',
    } as const;
    const after = await made(spec, plan(), history([create.id, parity.id], [['2026-11-21T10:05:00Z', opened]]));
    expect(rows(after.section('plan', 'requirements'))[0]).toContain(
      '| shown: 7 compared, no difference, 2026-11-21 10:05 UTC |',
    );
  });

  it('that nothing meets are said to be so, and asked about; what no check shows is left to people', async () => {
    const spec = 'FR-1: Customers shall get a letter.\n\nPERF-1: Lookups stay below 5 ms\n\nAC-1: The letter is nice\n';
    const { section } = await made(spec);
    expect(rows(section('plan', 'requirements')).map((row) => row.includes('**nothing in this migration**'))).toEqual([
      ...[true, true, true],
    ]);
    expect(section('plan', 'clarifications')).toContain('- FR-1: Customers shall get a letter.');
    expect(section('plan', 'success')).toContain('- PERF-1: Lookups stay below 5 ms');
    expect(section('plan', 'success')).not.toMatch(/\[[ x]\] PERF-1/u);
  });

  it('that are excluded, or have the priority won’t, are neither requirements nor tasks', async () => {
    const asked = '# Cents\n\n- **Target**: a column `total_cents`\n';
    const spec = `${asked}\n## Functional requirements\n\n- Convert refunds too (Won't)\n\n## Non-goals\n\n- Rounding of \`total_cents\` to euros\n`;
    const { section, documents } = await made(spec);
    const requirements = section('plan', 'requirements');
    expect(rows(requirements).length).toBe(1);
    expect(requirements).toContain('- Rounding of total_cents to euros');
    expect(requirements).toContain('- Convert refunds too');
    expect(documents.map(({ key }) => key)).toEqual((await made(asked)).documents.map(({ key }) => key));
    const tasks = documents.filter(({ kind }) => kind === 'task');
    for (const { key } of tasks) expect(section(key.slice(6), 'context')).not.toMatch(/refunds|Rounding/u);
  });

  it('of scale are shown at the size that there was', async () => {
    const table = { relation: orders, rows: 1000, bytes: 1, indexBytes: 1, writesPerSecond: null, risk: low };
    const sized = plan({ tables: [{ ...table, columns: [], constraints: [], indexes: [] }] });
    const all = sized.phases.flatMap(({ steps }) => steps.map(({ id }) => id));
    const spec = '- **Performance**: Must support 1M+ users with zero downtime\n';
    expect((await made(spec, sized, history(all))).section('plan', 'requirements')).toContain(
      'with 1,000 rows in the largest table: the 1,000,000 of the specification were not reached',
    );
    const large = { ...sized, tables: sized.tables.map((t) => ({ ...t, rows: 2_000_000 })) };
    expect((await made(spec, large, history(all))).section('plan', 'requirements')).not.toContain('not reached');
  });

  it('of a roll-out are traced to the phase that does what they say', async () => {
    const text = (await made('## Rollout\n\n1. Add the column\n2. Drop the old one\n')).section('plan', 'requirements');
    expect(rows(text).map((row) => row.split(' | ').slice(3, 4))).toEqual([
      ['`expand/01-add-orders.total_cents`'],
      ['all of `contract`'],
    ]);
  });

  it('of columns are traced to the statement that adds them', async () => {
    const spec = '## orders table\n\n| Column | Type |\n| - | - |\n| total_cents | integer |\n| currency | text |\n';
    const [cents, currency] = rows((await made(spec)).section('plan', 'requirements'));
    expect(cents).toContain('`expand/01-add-orders.total_cents`');
    expect(currency).toContain('**nothing in this migration**');
  });
});

it('statements are shown without constants, and cut when they are long', async () => {
  const statement = { calls: 3, reads: true, writes: false, columns: ['total'], failsOnce: false };
  const statements = [
    { ...statement, query: `SELECT total FROM orders WHERE customer = 'canary'` },
    { ...statement, query: `SELECT total FROM orders WHERE note IN (${Array(500).fill(`'canary'`).join(', ')})` },
    { ...statement, query: `SELECT 'canary' FROM (` },
  ];
  const { section } = await made('# A', plan({ impact: { statements, statementsWhy: '', dependants: [] } }));
  const shown = section('plan', 'queries');
  expect(shown).toContain('WHERE customer = $1');
  expect(shown).toContain(' …\n```');
  expect(shown).toContain('its text cannot be shown');
  expect(`${shown}${section('read-queries', 'notes')}`).not.toContain('canary');
});

describe('progress', () => {
  const started = (direction: 'forward' | 'back') =>
    ({ type: 'run.started', migration: 'cents', planHash: 'abc', to: 'contract', direction }) as const;
  const closed = (step: string, why: string) => ({ type: 'gate.closed', step, gate: 'x', why, opensBy: 'y' }) as const;
  const phases = (...done: readonly string[]) => plan().phases.map(({ name }) => ({ name, done: done.includes(name) }));

  it('names who blocks what: time by the moment at which it ends, code without its statements', async () => {
    const status = {
      phases: phases('expand', 'dual-write'),
      gates: [
        {
          id: soak.id,
          phase: 'contract',
          gate: 'soak',
          open: false,
          why: 'reads were switched',
          opensBy: 'wait 7 more minutes',
        },
        {
          id: unused.id,
          phase: 'contract',
          gate: unused.gate,
          open: false,
          why: '2 statements named it since the switch, for example: SELECT canary',
          opensBy: '',
        },
      ],
    } as const;
    const seen = history([create.id, parity.id], [], status);
    const text = (await made('# A', plan(), seen)).section('plan', 'progress');
    expect(text).toContain(
      '`contract` is blocked by time that has to pass: reads were switched. It opens at 2026-11-21 12:00 UTC.',
    );
    expect(text).toContain(
      '`contract` is blocked by code that still uses `orders.total`: 2 statements named it since the switch. ',
    );
    expect(text).not.toContain('canary');
  });

  it('forgets what a gate said once its phase was taken back, and tells the same news once', async () => {
    const at = '2026-11-21T10:00:00Z';
    const told: Told = [
      [at, started('forward')],
      [at, closed(parity.id, '7 compared, 1 missing, 0 extra, 0 stale')],
      [at, closed(unused.id, 'used')],
      [at, closed(parity.id, '7 compared, 1 missing, 0 extra, 0 stale')],
      [at, closed(unused.id, 'used')],
    ];
    const before = (await made('# A', plan(), history([create.id], told, { phases: phases('expand') }))).section(
      'plan',
      'progress',
    );
    expect(before.match(/it waits at `dual-write/gu)).toHaveLength(1);
    expect(before).toContain('| closed | 7 compared, 1 missing');
    const back: Told = [
      ...told,
      [at, started('back')],
      [at, { type: 'phase.finished', phase: 'dual-write', direction: 'back', ms: 5 }],
    ];
    const after = (await made('# A', plan(), history([create.id], back, { phases: phases('expand') }))).section(
      'plan',
      'progress',
    );
    expect(after).toContain('(`dual-write/01-parity`) | not reached | | |');
    expect(after).toContain('the phase `dual-write` was taken back');
    expect(after).not.toContain('is blocked by');
  });

  it('says 100 % only when every step is done', async () => {
    const three = plan({ phases: plan().phases.slice(2) });
    const all = three.phases.flatMap(({ steps }) => steps.map(({ id }) => id));
    const percent = async (done: readonly string[]) =>
      /\*\*(\d+) %\*\*/u.exec((await made('# A', three, history(done))).section('plan', 'progress'))?.[1];
    expect([await percent([]), await percent(all.slice(1)), await percent(all)]).toEqual(['0', '66', '100']);
  });
});

it('a task that was published stays when what it is about is settled', async () => {
  expect((await made('# A')).page('misfits')).toBeUndefined();
  expect((await made('# A', plan(), history([]), ['cents/misfits'])).page('misfits')?.properties?.status).toBe('to do');
});

it('tasks have the strongest priority of what they serve, begin when the first step began, and know what they wait for', async () => {
  const spec = '- **Target**: a column `total_cents`\n- **Must maintain**: Backward compatibility (must)\n';
  const { page } = await made(spec, plan(), history([create.id]));
  expect(page('migration-sql')?.properties).toMatchObject({ status: 'done', start: '2026-11-21', blockedBy: [] });
  expect(page('write-code')?.properties).toMatchObject({ status: 'to do', priority: 'must', start: null });
  expect(page('write-code')?.title).toBe('Code that writes orders.total_cents');
  expect(page('contract')?.properties?.blockedBy).toEqual(['cents/read-queries', 'cents/rollback-plan']);
});
