import type { Plan, PlannedMapping, PlannedPhase, PlannedStatement, PlannedStep } from '../plan/plan.ts';
import { oneLine } from './text.ts';
import { estimateText, lockText } from './words.ts';

/** Every statement of the plan as it will run, with what to know about each in comments. To be read, not to be fed to psql. */
export const renderPlanSql = (plan: Plan): string =>
  [
    comment(`${plan.migration}, plan ${plan.planHash}`),
    comment('To be read. Lockkeeper runs it step by step: short lock waits, journal, chunks, gates.'),
    ...plan.phases.flatMap((phase) => ['', ...phaseLines(phase, plan.mappings)]),
  ].join('\n');

const comment = (text: string): string => `-- ${oneLine(text)}`;

/** SQL that does not run here: no line of it can leave the comment. */
const commented = (statement: string): string[] => statement.split(/\r\n|\r|\n/u).map((line) => `--     ${line}`);

const phaseLines = ({ name, goal, steps }: PlannedPhase, mappings: readonly PlannedMapping[]): string[] => [
  comment(`==== ${name}: ${goal}`),
  ...steps.flatMap((step) => ['', ...stepLines(step, mappings)]),
];

function stepLines(step: PlannedStep, mappings: readonly PlannedMapping[]): string[] {
  const head = [comment(step.id), comment(step.title)];
  switch (step.kind) {
    case 'gate':
      return [...head, comment(`gate: ${step.gate}; what follows waits until it is open`)];
    case 'backfill':
      return [
        ...head,
        ...facts(step, step.locks),
        ...mappings.filter(({ id }) => id === step.mapping).flatMap(mappingLines),
      ];
    case 'concurrently':
      return [...head, ...facts(step, step.locks), runs(step), ...undoLines('undo', step.undo)];
    case 'ddl':
    case 'validate':
    case 'sync':
    case 'switch':
      return [
        ...head,
        ...facts(step, step.locks),
        ...(step.drainFirst === null ? [] : [comment(`first: drain what ${step.drainFirst} captured`)]),
        ...(step.settle === null
          ? []
          : [comment(`then: drain what ${step.settle} captured, and wait for older transactions`)]),
        runs(step),
        ...undoLines('undo', step.undo),
        ...undoLines('undo once new code may have written', step.undoKeepingData),
        ...[...(step.revive?.rebuild ?? []), ...(step.revive?.finish ?? [])].flatMap((finish) =>
          undoLines('undo, after the old shape is brought up to date', finish),
        ),
      ];
  }
}

const facts = ({ risk, estimate }: PlannedStep, locks: PlannedStatement['locks']): string[] => [
  ...(locks.length
    ? locks.map((lock) => comment(`lock: ${lockText(lock)}`))
    : [comment('lock: none on a table in use')]),
  comment(`risk: ${risk.level}, ${risk.because}. ${risk.mitigation}`),
  comment(`takes: ${estimateText(estimate)} (${estimate.basis})`),
];

const runs = ({ sql }: PlannedStatement): string => `${sql.replace(/;\s*$/u, '')};`;

const undoLines = (label: string, undo: PlannedStatement | null): string[] =>
  undo === null
    ? [comment(`${label}: nothing to take back`)].filter(() => label === 'undo')
    : [comment(`${label}:`), ...undo.locks.map((lock) => comment(`  lock: ${lockText(lock)}`)), ...commented(undo.sql)];

const mappingLines = (mapping: PlannedMapping): string[] => [
  comment(
    `mapping ${mapping.id}; $1 and $2 are a range of pages of the table that "${mapping.leaf.schema}"."${mapping.leaf.name}" stands for`,
  ),
  ...labelled('each chunk', mapping.chunk),
  ...labelled('a chunk that holds a value that raises', mapping.chunkCarefully),
  ...labelled('captured writes, $1 at a time', mapping.drain),
  ...mapping.parity.flatMap(({ title, counts, lossless }) => [
    ...labelled(`parity of ${title}`, counts),
    ...labelled(`what became of every value of ${title}`, lossless),
  ]),
];

const labelled = (label: string, statement: string | null): string[] =>
  statement === null ? [] : [comment(`${label}:`), ...commented(statement)];
