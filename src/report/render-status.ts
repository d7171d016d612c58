import type { MigrationStatus, Status } from './document-schemas.ts';
import { number } from './numbers.ts';
import { columns, noPaint, oneLine, type Paint, sections, wrap } from './text.ts';
import { duration, phaseText, plural } from './words.ts';

/** Where migrations stand: one in detail, several as a list. */
export const renderStatus = ({ migrations }: Status, paint: Paint = noPaint): string => {
  const [only, second] = migrations;
  if (!only) return 'There is no migration: neither in the journal of this database nor as a file.';
  return second ? overview(migrations) : detail(only, paint);
};

const overview = (migrations: Status['migrations']): string =>
  columns(
    ['migration', 'state', 'phase', 'backfill', 'quarantine', 'updated'],
    migrations.map((m) => [
      m.migration,
      m.state,
      m.phase ?? '',
      m.backfill.map(percentText).join(', '),
      m.quarantine.open ? `${number(m.quarantine.open)} open` : '',
      m.updatedAt ?? '',
    ]),
    '',
  );

const detail = (m: MigrationStatus, paint: Paint): string =>
  sections([
    [
      `${paint.bold(oneLine(m.migration))}  ${paintState(m.state, paint)}`,
      ...(m.reason === null ? [] : [wrap(m.reason, '  ')]),
      `  done: ${phaseText(m.phase)}`,
      ...(m.planHash === null
        ? []
        : [`  plan: ${m.planHash.slice(0, 12)}`, `  reads of the new shape: ${m.reads.percent} %`]),
      ...(m.quarantine.open + m.quarantine.accepted > 0
        ? [`  quarantine: ${number(m.quarantine.open)} open, ${number(m.quarantine.accepted)} accepted`]
        : []),
      ...(m.executor ? [`  executor: ${executorText(m.executor)}`] : []),
      ...(m.updatedAt === null ? [] : [`  updated: ${m.updatedAt}`]),
    ].join('\n'),
    m.steps.length ? [paint.bold('Steps'), stepTable(m)].join('\n') : null,
    m.backfill.length
      ? [paint.bold('Backfill'), ...m.backfill.map((fill) => wrap(backfillText(fill), '  '))].join('\n')
      : null,
    gateText(m, paint),
  ]);

const stepTable = ({ steps }: MigrationStatus): string =>
  columns(
    ['step', 'state', 'tries', 'lock wait', 'lock held'],
    steps.map((s) =>
      s.kind === 'gate' || s.state === 'pending'
        ? [s.id, s.state, '–', '–', '–']
        : [s.id, s.state, String(s.attempts), duration(s.lockWaitMs), duration(s.lockHeldMs)],
    ),
  );

function gateText({ gates }: MigrationStatus, paint: Paint): string | null {
  const closed = gates.filter(({ open }) => !open);
  if (!closed.length) return null;
  const lines = closed.flatMap(({ id, why, opensBy }) => [
    `  ${oneLine(id)}`,
    wrap(why, '    '),
    wrap(`opens by: ${opensBy}`, '    '),
  ]);
  return [paint.bold('Closed gates'), ...lines].join('\n');
}

const percentText = ({ rowsDone, rowsTotal }: MigrationStatus['backfill'][number]): string =>
  rowsTotal > 0 ? `${Math.min(100, Math.floor((100 * rowsDone) / rowsTotal))} %` : '100 %';

const backfillText = (fill: MigrationStatus['backfill'][number]): string =>
  [
    `${fill.mapping}: ${number(fill.rowsDone)} of ${plural(fill.rowsTotal, 'row')} (${percentText(fill)})`,
    fill.rowsPerSecond !== null && `${number(Math.round(fill.rowsPerSecond))} rows/s`,
    fill.secondsLeft !== null && fill.secondsLeft > 0 && `${duration(fill.secondsLeft * 1000)} left`,
    fill.throttle !== null && `held back by ${fill.throttle}`,
  ]
    .filter(Boolean)
    .join(', ');

const executorText = ({ host, process, backend, since, alive }: NonNullable<MigrationStatus['executor']>): string =>
  oneLine(`process ${process} on ${host}, backend ${backend}, since ${since}${alive ? '' : ', gone'}`);

function paintState(state: MigrationStatus['state'], paint: Paint): string {
  if (state === 'failed') return paint.red(state);
  if (state === 'waiting' || state === 'paused') return paint.yellow(state);
  return state === 'done' ? paint.green(state) : state;
}
