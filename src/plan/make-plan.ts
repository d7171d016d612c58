import type { Catalog, Table } from '../catalog/catalog.ts';
import { fingerprint } from '../catalog/fingerprint.ts';
import { phaseNames, type PhaseName } from '../events.ts';
import type { Mapping } from '../mappings/mapping.ts';
import { notSupportedYet } from '../errors.ts';
import { columnExists, tableSubscribed } from '../operations/errors.ts';
import type { Operation, OperationPlan } from '../operations/operation.ts';
import { ident, sql, type RelationName } from '../sql/sql.ts';
import { high, low, medium, LARGE_TABLE_ROWS } from '../steps/risk.ts';
import type { Risk, Step } from '../steps/step.ts';
import type { Impact, Misfit, Plan, PlannedMapping, PlannedPhase, TableSummary } from './plan.ts';
import { planHash } from './plan-hash.ts';
import { printStep, tidy } from './print-step.ts';

/** A migration as far as planning needs it. */
export interface PlanInput {
  readonly name: string;
  /** As authored; stored with the plan. */
  readonly document: unknown;
  readonly operations: readonly Operation[];
  readonly gates: { readonly soakMs: number; readonly backup: boolean };
}

/** What was seen in the database besides its catalog. */
export interface Observations {
  readonly impact: Impact;
  readonly misfits: readonly Misfit[] | null;
  readonly missing: Plan['missing'];
}

export interface PlanOptions {
  readonly journal: string;
  /** A type as the author wrote it → as it must be written under an empty search_path. */
  readonly type: (written: string) => string;
}

/** Pure: the same migration and catalog always give the same plan. */
export function makePlan(input: PlanInput, catalog: Catalog, options: PlanOptions, seen: Observations): Plan {
  const planned: OperationPlan[] = [];
  let current = catalog;
  input.operations.forEach((operation, index) => {
    planned.push(operation.plan(current, { migration: input.name, index, ...options }));
    current = operation.project(current);
  });
  refuseChains(planned, catalog);
  const mappings = planned.flatMap((p) => p.mappings);
  for (const { source } of mappings) {
    const fed = catalog.tables.find((t) => t.schema === source.schema && t.name === source.name);
    if (fed?.subscriptions.length) throw tableSubscribed(fed);
  }
  const phases = phaseNames
    .map((name) => planPhase(name, stepsOf(name, planned, mappings, input, options.journal), catalog))
    .filter((phase) => phase.steps.length > 0);
  const touched = catalog.tables;
  const partial = { migration: input.name, document: input.document, phases, mappings: mappings.map(printMapping) };
  const risks = [...planned.flatMap((p) => p.risks), ...phases.flatMap((p) => p.steps.map((s) => s.risk))];
  return {
    schema: 'lockkeeper.plan/1',
    ...partial,
    planHash: planHash(partial),
    journal: options.journal,
    serverMajor: catalog.server.major,
    summary: summarize(input.name, planned, phases),
    tables: touched.map((t) => summarizeTable(t, planned)),
    newTables: planned.flatMap((p) => p.newTables),
    removed: planned.flatMap((p) => p.removed),
    moves: planned.flatMap((p) => p.moves),
    risks: worstFirst(risks),
    notes: [...planned.flatMap((p) => p.notes), ...eventTriggerNotes(catalog)],
    impact: seen.impact,
    misfits: seen.misfits,
    missing: seen.missing,
    fingerprints: touched.map((t) => ({
      relation: { schema: t.schema, name: t.name },
      exists: true,
      shape: fingerprint(t),
    })),
  };
}

/** They run with our DDL, and on our search_path. */
const eventTriggerNotes = ({ server }: Catalog): readonly string[] =>
  server.eventTriggers.map(
    (t) =>
      `The event trigger ${t.name} runs with every DDL of ours, and what it names without a schema it finds in pg_catalog alone. Give its function a path of its own: ALTER FUNCTION ${t.function} SET search_path = public, pg_temp;`,
  );

/** Each write is carried one step: what one operation of a migration adds is not what another one moves, or takes the name of. */
function refuseChains(planned: readonly OperationPlan[], catalog: Catalog): void {
  const has = (table: RelationName, column: string) =>
    catalog.tables.some(
      (t) => t.schema === table.schema && t.name === table.name && t.columns.some((c) => c.name === column),
    );
  for (const { mappings, removed, newTables } of planned) {
    for (const { source, column } of mappings)
      if (!has(source, column))
        throw notSupportedYet(
          `${source.name}.${column}, which another operation of this migration adds,`,
          'Move it in a migration of its own, when this one is done.',
        );
    for (const { table, replacedBy } of newTables.length ? [] : removed)
      if (has(table, replacedBy)) throw columnExists(table, replacedBy);
  }
}

const goals: Record<PhaseName, string> = {
  expand: 'Add the new shape beside the old one and start to notice every write. Old code sees no difference.',
  backfill: 'Copy what is there already, then build indexes and constraints.',
  'dual-write':
    'A write to either shape reaches the other in the same transaction. New code may be deployed from here on.',
  switch: 'Reads move to the new shape; both are still kept, so going back is flipping back.',
  contract: 'When nobody needs the old shape any more, stop syncing and archive it.',
};

function planPhase(name: PhaseName, steps: readonly Step[], catalog: Catalog): PlannedPhase {
  const planned = steps.map((step, i) =>
    printStep(step, name, `${name}/${String(i + 1).padStart(2, '0')}-${step.slug}`, catalog),
  );
  return { name, goal: goals[name], steps: planned };
}

/** The steps of all operations, with what the migration as a whole adds: the read switch, and the gates before contract. */
function stepsOf(
  name: PhaseName,
  planned: readonly OperationPlan[],
  mappings: readonly Mapping[],
  input: PlanInput,
  journal: string,
): readonly Step[] {
  const own = planned.flatMap((p) => p.phases[name]);
  if (!mappings.length) return own;
  if (name === 'switch') return [...own, switchReads(input.name, journal)];
  return name === 'contract' ? [...contractGates(input, mappings), ...own] : own;
}

const switchReads = (migration: string, journal: string): Step => {
  const set = (percent: number) => sql`SELECT ${ident(journal)}.set_reads(${migration}, ${percent})`;
  return {
    slug: 'reads',
    title: 'Move all reads to the new shape',
    kind: 'switch',
    risk: medium(
      'reads take other query plans',
      'Move them by percentage first with `lockkeeper reads`; going back is flipping back.',
    ),
    sql: set(100),
    locks: [],
    undo: { sql: set(0), locks: [] },
  };
};

const reads = low('it only reads', 'None is needed.');

function contractGates({ gates }: PlanInput, mappings: readonly Mapping[]): readonly Step[] {
  const each = (gate: 'parity' | 'quarantine' | 'old-shape-unused', title: (m: Mapping) => string): readonly Step[] =>
    mappings.map((m) => ({
      slug: mappings.length > 1 ? `${gate}-${m.id}` : gate,
      title: title(m),
      kind: 'gate',
      gate,
      mapping: m.id,
      risk: reads,
    }));
  return [
    ...(gates.soakMs > 0
      ? [
          {
            slug: 'soak',
            title: 'Reads have been switched for long enough',
            kind: 'gate',
            gate: 'soak',
            soakMs: gates.soakMs,
            risk: reads,
          } as const,
        ]
      : []),
    ...each('old-shape-unused', (m) => `Nobody uses ${m.source.name}.${m.column} any more`),
    ...each('quarantine', (m) => `Every value of ${m.source.name}.${m.column} that did not fit is settled`),
    ...each('parity', (m) => `Both shapes of ${m.source.name}.${m.column} are equal, row by row`),
    ...(gates.backup
      ? [{ slug: 'backup', title: 'A person names the backup', kind: 'gate', gate: 'backup', risk: reads } as const]
      : []),
    {
      slug: 'approval',
      title: 'A person approves the contraction',
      kind: 'gate',
      gate: 'contract-approval',
      risk: reads,
    },
  ];
}

const printMapping = ({ unfilled, ...m }: Mapping): PlannedMapping => ({
  ...m,
  ...(unfilled ? { unfilled: tidy(unfilled) } : {}),
  chunk: tidy(m.chunk),
  chunkCarefully: m.chunkCarefully && tidy(m.chunkCarefully),
  drain: m.drain && tidy(m.drain),
  revive: m.revive.map(tidy),
  mend: m.mend && tidy(m.mend),
  parity: m.parity.map((p) => ({
    title: p.title,
    counts: tidy(p.counts),
    lossless: tidy(p.lossless),
    repair: p.repair && tidy(p.repair),
  })),
  misfits: tidy(m.misfits),
  requarantine: tidy(m.requarantine),
});

function summarize(name: string, planned: readonly OperationPlan[], phases: readonly PlannedPhase[]): string {
  const created = planned.flatMap((p) => p.newTables.map((t) => t.name));
  const removed = planned.flatMap((p) => p.removed.map((r) => `${r.table.name}.${r.column} (by ${r.replacedBy})`));
  return [
    `${name} runs in ${phases.length} ${phases.length === 1 ? 'phase' : 'phases'}: ${phases.map((p) => p.name).join(' → ')}.`,
    created.length ? `It creates ${created.join(', ')}.` : '',
    removed.length ? `It replaces ${removed.join(', ')}.` : '',
    'The application keeps running: no step blocks reads or writes for longer than its lock budget.',
  ]
    .filter(Boolean)
    .join(' ');
}

/** The risk classes of a change to a table: what leaves or changes type is high, large tables and unique constraints are medium. */
function summarizeTable(table: Table, planned: readonly OperationPlan[]): TableSummary {
  const loses = planned
    .flatMap((p) => p.removed)
    .filter((r) => r.table.schema === table.schema && r.table.name === table.name);
  const risk: Risk = loses.length
    ? high(
        `${loses.map((r) => r.column).join(', ')} leaves it`,
        'Archived in place, after parity, approval and a check that nobody uses it; purged only by a command of its own.',
      )
    : table.rows > LARGE_TABLE_ROWS
      ? medium('it is large', 'Every step that reads all of it runs without blocking writes.')
      : low('nothing is removed from it', 'None is needed.');
  return {
    relation: { schema: table.schema, name: table.name },
    rows: table.rows,
    bytes: table.bytes,
    indexBytes: table.indexBytes,
    writesPerSecond: table.writes.seconds ? table.writes.count / table.writes.seconds : null,
    columns: table.columns.map((c) => ({ name: c.name, type: c.type, notNull: c.notNull, default: c.default })),
    constraints: table.constraints.map((c) => `${c.name}: ${c.definition}`),
    indexes: table.indexes.map((i) => i.definition),
    risk,
  };
}

function worstFirst(risks: readonly Risk[]): readonly Risk[] {
  const order = { high: 0, medium: 1, low: 2 };
  const distinct = [...new Map(risks.map((r) => [`${r.level} ${r.because}`, r])).values()];
  return distinct.filter((r) => r.because !== reads.because).sort((a, b) => order[a.level] - order[b.level]);
}
