import { type DemoReport } from './demo-report.ts';
import { millis, number, seconds } from './numbers.ts';

/** One table of the report, for the terminal and the page alike. */
export interface DemoTable {
  readonly title: string;
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Everything in the report that is a table, in reading order. Empty ones are left out. */
export const demoTables = (report: DemoReport): readonly DemoTable[] =>
  [
    latencyTable(report),
    errorTable(report),
    checkTable(report),
    parityTable(report),
    losslessTable(report),
    quarantineTable(report),
    stepTable(report),
    kindTable(report),
  ].filter(({ rows }) => rows.length > 0);

function latencyTable({ latency }: DemoReport): DemoTable {
  const baseline = latency[0]?.p99Ms ?? 0;
  return {
    title: 'Latency of the application',
    note: 'Milliseconds from the moment a request was due, so that nobody who had to wait is left out.',
    head: ['phase', 'transactions', 'p50', 'p95', 'p99', 'max', 'p99 against baseline'],
    rows: latency.map((phase) => [
      phase.label,
      number(phase.transactions),
      millis(phase.p50Ms),
      millis(phase.p95Ms),
      millis(phase.p99Ms),
      millis(phase.maxMs),
      baseline > 0 ? `${(phase.p99Ms / baseline).toFixed(2)}×` : '–',
    ]),
  };
}

const errorTable = ({ application }: DemoReport): DemoTable => ({
  title: 'Application errors',
  head: ['transaction', 'code', 'message', 'count'],
  rows: application.errors.map(({ kind, code, message, count }) => [kind, code, message, number(count)]),
});

const checkTable = ({ application }: DemoReport): DemoTable => ({
  title: 'The database against the last acknowledged write',
  head: ['when', 'users', 'values', 'differences'],
  rows: application.checks.map((check) => [
    check.when,
    number(check.users),
    number(check.values),
    number(check.differences),
  ]),
});

const parityTable = ({ verification }: DemoReport): DemoTable => ({
  title: 'Parity',
  head: ['when', 'comparison', 'rows', 'missing', 'extra', 'stale', 'quarantined'],
  rows: verification.flatMap(({ when, parity }) =>
    parity.map((check) => [
      when,
      check.title,
      ...[check.compared, check.missing, check.extra, check.stale, check.quarantined].map(number),
    ]),
  ),
});

const losslessTable = ({ verification }: DemoReport): DemoTable => ({
  title: 'What became of every value',
  head: ['column', 'exact', 'default filled in', 'lost'],
  rows: (verification[0]?.lossless ?? []).map(({ column, exact, defaultFilledIn, lost }) => [
    column,
    ...[exact, defaultFilledIn, lost].map(number),
  ]),
});

const quarantineTable = ({ quarantine }: DemoReport): DemoTable => ({
  title: 'Values that did not fit',
  head: ['found', 'repaired through the old shape', 'accepted', 'open'],
  rows: [[quarantine.found, quarantine.repaired, quarantine.accepted, quarantine.open].map(number)],
});

const stepTable = ({ steps }: DemoReport): DemoTable => ({
  title: 'Steps',
  note: 'Lock wait is from asking for the lock until it was had, tries that stepped aside included.',
  head: ['step', 'tries', 'took', 'lock wait', 'lock held'],
  rows: steps.map((step) => [
    step.direction === 'back' ? `undo ${step.id}` : step.id,
    String(step.attempts),
    seconds(step.durationMs),
    seconds(step.lockWaitMs),
    seconds(step.lockHeldMs),
  ]),
});

const kindTable = ({ application }: DemoReport): DemoTable => ({
  title: 'What the application did',
  head: ['transaction', 'count', 'p50', 'p99', 'max'],
  rows: application.kinds.map(({ kind, transactions, p50Ms, p99Ms, maxMs }) => [
    kind,
    number(transactions),
    ...[p50Ms, p99Ms, maxMs].map(millis),
  ]),
});

/** The few sentences above the tables. */
export function demoFacts(report: DemoReport): readonly (readonly [string, string])[] {
  const { application, stall, rollback, backfill } = report;
  const errors = application.errors.reduce((sum, { count }) => sum + count, 0);
  return [
    ['Rows', number(report.rows)],
    ['Application errors', `${number(errors)} in ${number(application.transactions)} transactions`],
    ['Longest stall', `${Math.round(stall.longestMs)} ms${stall.during ? `, during ${stall.during}` : ''}`],
    ...backfill.map(
      (fill) =>
        [
          'Backfill',
          `${number(Math.round(fill.rowsPerSecond))} rows/s (${number(fill.rows)} in ${seconds(fill.durationMs)})`,
        ] as const,
    ),
    [
      'Long transactions',
      `${application.longTransactions.count}, open ${Math.round(100 * application.longTransactions.openShare)} % of the time, up to ${seconds(application.longTransactions.longestMs)}`,
    ],
    ...(rollback
      ? [
          [
            'Rollback',
            `${rollback.from} → ${rollback.to} in ${seconds(rollback.durationMs)} (steps undone: ${rollback.steps.length}), forward again in ${seconds(rollback.forwardAgainMs)}`,
          ] as const,
        ]
      : []),
    ['Server', `PostgreSQL ${report.serverVersion}`],
    ['Whole run', seconds(report.durationMs)],
  ];
}
