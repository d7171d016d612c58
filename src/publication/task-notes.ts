import type { AffectedStatement } from '../catalog/affected-statement.ts';
import type { PhaseName } from '../events.ts';
import type { Plan, PlannedStatement, PlannedStep } from '../plan/plan.ts';
import type { History } from './history.ts';
import { block, bullets, code, markdownTable, plain } from '../report/markdown.ts';
import { number } from '../report/numbers.ts';
import { plural, rowsText, shellWord } from '../report/words.ts';
import { ident, inline } from '../sql/sql.ts';
import { normalized } from '../sql/normalized.ts';

// What a person needs at hand for a task: commands, SQL and client code to paste.

export const shell = (...lines: readonly string[]): string => block('bash', lines.join('\n'));

/** A phase, and the way back to the one before. */
export function run({ migration, phases }: Plan, to: PhaseName): string {
  const before = phases[phases.findIndex(({ name }) => name === to) - 1];
  return shell(
    `lockkeeper apply ${shellWord(migration)} --to ${to}`,
    `lockkeeper rollback ${shellWord(migration)}${before ? ` --to ${before.name}` : ''}`,
  );
}

/** Functions of triggers fill pages that nobody reads: they are named, and shown by a command. */
const READABLE = 2500;

/** The SQL of steps, each with its undo. */
export function statements(steps: readonly PlannedStep[], plan: Plan): readonly string[] {
  const shown = steps.filter((step) => isSql(step) && step.kind !== 'sync' && step.sql.length <= READABLE);
  const long = steps.filter((step) => isSql(step) && !shown.includes(step));
  return [
    ...shown.map((step) => (isSql(step) ? block('sql', statementText(step)) : '')),
    ...(long.length
      ? [
          `The functions and triggers of ${long.map(({ id }) => code(id)).join(', ')} are long: ${code(`lockkeeper plan ${shellWord(plan.migration)} --format sql`)} prints them.`,
        ]
      : []),
  ];
}

type SqlStep = PlannedStep & PlannedStatement & { readonly undo: PlannedStatement | null };

const isSql = (step: PlannedStep): step is Extract<PlannedStep, SqlStep> => 'sql' in step && 'undo' in step;

const statementText = ({ id, sql, undo }: Extract<PlannedStep, SqlStep>): string =>
  [
    `-- ${id}`,
    `${sql};`,
    ...(undo && undo.sql.length <= READABLE
      ? ['-- undo', ...`${undo.sql};`.split('\n').map((line) => `-- ${line}`)]
      : []),
  ].join('\n');

export const tuning = ({ migration }: Plan): string =>
  `It can be slowed down, paused and sped up while it runs: ${code(`lockkeeper tune ${shellWord(migration)} --max-rows-per-second 10000`)}, ${code(`lockkeeper pause ${shellWord(migration)}`)}, ${code(`lockkeeper resume ${shellWord(migration)}`)}.`;

/** Where the journal has a schema of its own, clients have to be told. */
const journalOption = ({ journal }: Pick<Plan, 'journal'>): string =>
  journal === 'lockkeeper' ? '' : `, journal: '${journal}'`;

export const waitForPhase = ({ migration, ...plan }: Plan): string =>
  [
    'New code refuses to start before the database is far enough:',
    block(
      'typescript',
      `import { expectPhase } from 'lockkeeper/client';

await expectPhase({ query: (text, values) => pool.query(text, values)${journalOption(plan)} }, '${migration}', 'dual-write', {
  waitMs: 60_000,
});`,
    ),
    'From a shell, in a deployment:',
    shell(`lockkeeper expect ${shellWord(migration)} --phase dual-write --wait 10m`),
  ].join('\n\n');

export const readSwitch = ({ migration, ...plan }: Plan): string =>
  [
    'Code that knows both shapes asks which one to read. The share can grow step by step, and go back at once:',
    block(
      'typescript',
      `import { createReadSwitch } from 'lockkeeper/client';

const reads = createReadSwitch({ query: (text, values) => pool.query(text, values)${journalOption(plan)} }, '${migration}');
await reads.ready();

const found = reads.reads(String(id)) === 'new' ? await readNew(id) : await readOld(id);`,
    ),
    shell(
      `lockkeeper reads ${shellWord(migration)} new --percent 10`,
      `lockkeeper reads ${shellWord(migration)} new`,
      `lockkeeper reads ${shellWord(migration)} old`,
    ),
    `In SQL: ${code(`SELECT ${inline(ident(plan.journal))}.reads('${migration}', '42')`)}.`,
  ].join('\n\n');

/** Statements with `$1` for every constant: a value of a row may stand in one. */
export function queries(heading: string, found: readonly AffectedStatement[], { impact }: Plan): readonly string[] {
  if (impact.statements === null) return [`## ${heading}`, `Unknown: ${plain(impact.statementsWhy)}`];
  if (!found.length) return [`## ${heading}`, `None has been seen. ${plain(impact.statementsWhy)}`.trim()];
  return [`## ${heading}`, ...found.map(queryText)];
}

export function queryText({ query, calls, columns, failsOnce }: AffectedStatement): string {
  const text = normalized(query);
  const told = `${plural(calls, 'call')}, uses ${columns.map(code).join(', ') || 'none of the columns by name'}${failsOnce ? '; prepared, it fails once with "cached plan must not change result type"' : ''}:`;
  return text === null ? `${told} its text cannot be shown.` : `${told}\n\n${block('sql', cut(text.trim()))}`;
}

const LONGEST = 1500;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text);

export const objects = ({ impact, migration }: Plan): readonly string[] =>
  impact.dependants.length
    ? [
        '## Objects in the database to change',
        bullets(impact.dependants.map(({ kind, name }) => `${kind} ${code(name)}`)),
        `They are changed by hand before contract; until then the gate ${code('old-shape-unused')} of ${code(migration)} stays closed.`,
      ]
    : [];

export const approve = ({ migration }: Plan): string =>
  shell(`lockkeeper approve ${shellWord(migration)} contract-approval --note "…"`);

export function rollback({ migration, phases, mappings, removed }: Plan): string {
  const word = shellWord(migration);
  const commands: readonly (readonly [string, string])[] = [
    ...(mappings.length ? [[`lockkeeper reads ${word} old`, 'reads go back at once'] as const] : []),
    ...(phases.length > 1
      ? [[`lockkeeper rollback ${word} --to PHASE`, 'what came after that phase is taken back'] as const]
      : []),
    [`lockkeeper rollback ${word}`, 'everything is taken back'],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    shell(...commands.map(([command, why]) => `${command.padEnd(width)}  # ${why}`)),
    mappings.length
      ? `No write made through either shape is lost on the way back${removed.length ? ', also after contract, until the archive is purged' : ''}.`
      : 'Each undo stands beside its step.',
  ].join('\n\n');
}

export const monitoring = ({ migration, mappings }: Plan): string =>
  [
    'What to watch, during each phase, an hour after it and a day after it:',
    bullets([
      `where it stands, who waits for whom, what is in quarantine: ${code(`lockkeeper status ${shellWord(migration)} --watch`)}`,
      ...(mappings.length ? [`both shapes are equal: ${code(`lockkeeper verify ${shellWord(migration)}`)}`] : []),
      'errors and latency of the application, above all when reads move',
      `${code('pg_stat_statements')}: new slow statements; ${code('pg_stat_user_tables')}: dead rows and sequential scans of the tables that are touched`,
      'replicas: how far they are behind while the backfill runs',
    ]),
  ].join('\n\n');

/** A document that is none has no column. */
export const misfitPlace = ({ target, column }: History['quarantine'][number]): string =>
  target === '' ? 'the whole value' : code(`${target}.${column}`);

/** Counts by place, type and reason; keys and values stay in the database. */
export function misfits({ misfits: expected }: Plan, found: History['quarantine']): string {
  const planned = (expected ?? []).map((m) => [code(m.column), plain(m.type), plain(m.reason), rowsText(m.rows)]);
  const set = found.map((g) => [misfitPlace(g), plain(g.type), plain(g.reason), g.state, number(g.rows)]);
  return [
    ...(planned.length
      ? ['Counted when the plan was made:', markdownTable(['column', 'type of the value', 'why', 'rows'], planned)]
      : []),
    ...(set.length
      ? ['In quarantine:', markdownTable(['column', 'type of the value', 'why', 'state', 'rows'], set)]
      : []),
  ].join('\n\n');
}

export const quarantine = ({ migration }: Plan): string =>
  [
    'Look, correct the values through the old shape, and have them looked at again; or accept the fallback:',
    shell(
      `lockkeeper quarantine list ${shellWord(migration)}`,
      `lockkeeper quarantine retry ${shellWord(migration)}`,
      `lockkeeper quarantine accept ${shellWord(migration)} --note "…"`,
    ),
  ].join('\n\n');
