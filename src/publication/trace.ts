import type { PhaseName } from '../events.ts';
import type { Plan, PlannedMapping, PlannedStep } from '../plan/plan.ts';
import type { Fact, Measure, Place, Priority, Requirements, Slot, SpecifiedColumn } from '../spec/requirements.ts';
import { gatesOf, stepsIn, stepsOf } from './criteria.ts';

/** A requirement, and what of the plan meets it. */
export interface Trace extends Place {
  /** The specification's own, or `R1`, `R2`, …; `C1` and so on for columns. */
  readonly id: string;
  /** In the specification's words. */
  readonly text: string;
  /** What it is about: a sentence may ask for several things. Empty for a column. */
  readonly slots: readonly Slot[];
  readonly priority: Priority | null;
  /** Its sizes: `>= 1000000 users`. */
  readonly measures: readonly Measure[];
  /** What does it; empty when nothing in the plan does. */
  readonly steps: readonly PlannedStep[];
  /** What shows it once it is done; empty when no check does. */
  readonly checks: readonly PlannedStep[];
}

const asking: readonly Slot[] = [
  ...(['target', 'functional', 'nonfunctional', 'compatibility', 'downtime', 'scale'] as const),
  ...(['performance', 'acceptance', 'rollback', 'rollout'] as const),
];

/** Each requirement of the specification, in its order, with the steps and checks that meet it; then the columns that it describes. What is not asked for is left out. */
export function traces({ facts, columns }: Requirements, plan: Plan): readonly Trace[] {
  const sentences = new Map<string, Fact[]>();
  for (const fact of facts.filter(isAskedFor)) {
    const place = JSON.stringify([fact.line, fact.block, fact.text]);
    sentences.set(place, [...(sentences.get(place) ?? []), fact]);
  }
  const said = [...sentences.values()].flatMap((same, i) => traceFact(same, i + 1, plan));
  const wanted = columns.filter(({ side, change }) => side === 'target' || change === 'drop');
  return [...said, ...wanted.map((column, i) => traceColumn(column, i + 1, plan))];
}

export const isAskedFor = ({ slot, priority }: Fact): boolean => asking.includes(slot) && priority !== 'wont';

/** What the specification leaves out on purpose. */
export const notAskedFor = ({ facts }: Requirements): readonly Fact[] =>
  facts.filter((fact) => fact.slot === 'exclusions' || (asking.includes(fact.slot) && fact.priority === 'wont'));

function traceFact(same: readonly Fact[], number: number, plan: Plan): readonly Trace[] {
  const [fact] = same;
  if (!fact) return [];
  const met = [...same.flatMap((f) => bySlot(f, plan)), byName(same, plan)];
  const { id, text, line, block, measures } = fact;
  const priority = same.map((f) => f.priority).find((p) => p !== null) ?? null;
  const slots = same.map(({ slot }) => slot);
  return [{ id: id ?? `R${number}`, ...{ text, line, block, slots, priority, measures }, ...together(met, plan) }];
}

function traceColumn({ table, column, type, change, line, block }: SpecifiedColumn, number: number, plan: Plan): Trace {
  const name = table === null ? column : `${table}.${column}`;
  const text = [change === 'drop' ? 'no column' : 'the column', name, type].filter((word) => word !== null).join(' ');
  const met = change === 'drop' ? [leaves(table, column, plan)] : [comes(table, column, plan)];
  const rest = { slots: [], priority: null, measures: [], ...together(met, plan) };
  return { id: `C${number}`, ...{ text, line, block }, ...rest };
}

function comes(table: string | null, column: string, plan: Plan): Met {
  const steps = stepsIn(plan, 'expand').filter(
    (step) =>
      step.kind === 'ddl' && [...(table === null ? [] : [table]), column].every((name) => hasWord(step.sql, name)),
  );
  return { steps, checks: steps };
}

function leaves(table: string | null, column: string, { removed, ...plan }: Plan): Met {
  const gone = removed.some((r) => r.column === column && (table === null || r.table.name === table));
  const steps = plan.phases
    .flatMap((phase) => phase.steps)
    .filter(({ id, kind }) => gone && kind === 'ddl' && id.endsWith(`.${column}`) && id.startsWith('contract/'));
  return { steps, checks: steps };
}

interface Met {
  readonly steps: readonly PlannedStep[];
  readonly checks: readonly PlannedStep[];
}

/** In the order of the plan, each once. */
const together = (met: readonly Met[], plan: Plan): Met => {
  const inOrder = (all: readonly PlannedStep[]) => stepsOf(plan).filter((step) => all.includes(step));
  return { steps: inOrder(met.flatMap((m) => m.steps)), checks: inOrder(met.flatMap((m) => m.checks)) };
};

/** What meets a requirement of this kind, whatever it names. */
function bySlot({ slot, text }: Fact, plan: Plan): readonly Met[] {
  const met = kinds[slot];
  if (met) return [met(plan)];
  if (slot === 'rollout') return inPhases(text, plan);
  const hasWords = slot === 'functional' || slot === 'nonfunctional' || slot === 'acceptance';
  return hasWords ? byWords.flatMap(([words, found]) => (words.test(text) ? [found(plan)] : [])) : [];
}

const compatible = (plan: Plan): Met => ({
  steps: stepsOf(plan).filter(({ kind }) => kind === 'sync'),
  checks: gatesOf(plan, 'parity').filter(({ phase }) => phase === 'dual-write'),
});

const lossless = (plan: Plan): Met => ({
  steps: stepsOf(plan).filter(({ kind }) => kind === 'backfill'),
  checks: gatesOf(plan, 'parity', 'quarantine'),
});

const reversible = (plan: Plan): Met => ({
  steps: stepsOf(plan).filter((step) => 'undo' in step && step.undo !== null),
  checks: [],
});

const copies = (plan: Plan): Met => {
  const steps = stepsOf(plan).filter(({ kind }) => kind === 'backfill');
  return { steps, checks: steps };
};

const kinds: Readonly<Partial<Record<Slot, (plan: Plan) => Met>>> = {
  compatibility: compatible,
  downtime: (plan) => ({ steps: stepsOf(plan).filter((step) => 'locks' in step), checks: stepsOf(plan) }),
  scale: copies,
  rollback: reversible,
};

/** What a step of a roll-out is called, and the phase that does it. */
const byPhase: readonly (readonly [RegExp, PhaseName])[] = [
  [/\b(?:add|create|expand)\b/iu, 'expand'],
  [/\b(?:backfill|convert|copy|fill)\b/iu, 'backfill'],
  [/\b(?:dual|both|sync)\b/iu, 'dual-write'],
  [/\breads?\b/iu, 'switch'],
  [/\b(?:drop|remove|archive|contract)\b/iu, 'contract'],
];

const inPhases = (text: string, plan: Plan): readonly Met[] =>
  byPhase
    .filter(([words]) => words.test(text))
    .map(([, phase]) => ({ steps: stepsIn(plan, phase), checks: stepsIn(plan, phase) }));

const byWords: readonly (readonly [RegExp, (plan: Plan) => Met])[] = [
  [/\b(?:lose|loses|lost|loss|lossless|missing|parity|consistent|intact|integrity|identical|equal)\b/iu, lossless],
  [/\bexisting (?:rows?|data|records?|users?)\b|\bbackfill/iu, lossless],
  [/\bbackwards?[- ]compatib|\bold (?:code|clients?|versions?|releases?)\b/iu, compatible],
  [/\broll(?:ed|s|ing)?[ -]?back\b|\brevert|\bundone?\b/iu, reversible],
];

/** What makes or fills something that the sentence names. */
function byName(same: readonly Fact[], plan: Plan): Met {
  const named = plan.mappings.filter((mapping) => newNames(mapping, plan).some((name) => isNamed(same, name)));
  const told = named.flatMap((mapping) => newNames(mapping, plan)).filter((name) => isNamed(same, name));
  const filled = (step: PlannedStep) => step.kind === 'backfill' && named.some(({ id }) => id === step.mapping);
  const own = stepsOf(plan).filter(({ kind, title }) => kind !== 'gate' && namesOwn(same, title, plan));
  const steps = stepsOf(plan).filter((step) => filled(step) || told.some((name) => hasWord(step.title, name)));
  const parity = gatesOf(plan, 'parity').filter((gate) => named.some(({ id }) => id === gate.mapping));
  return { steps: [...steps, ...own], checks: [...parity, ...own] };
}

/** The tables or the column that a mapping fills. */
const newNames = ({ kind, targets, source, column }: PlannedMapping, { removed }: Plan): readonly string[] =>
  kind === 'table'
    ? targets.map(({ name }) => name)
    : removed.flatMap((r) => (r.table.name === source.name && r.column === column ? [r.replacedBy] : []));

/** A step of its own object, such as an index, which no mapping fills. */
const namesOwn = (same: readonly Fact[], title: string, { newTables, tables, removed }: Plan): boolean => {
  const known = [
    ...newTables.map((t) => t.name),
    ...tables.map((t) => t.relation.name),
    ...removed.flatMap((r) => [r.column, ...r.replacedBy.split(', ')]),
  ];
  const words = title.match(/[\w$]+/gu) ?? [];
  return words.some((word) => /_/u.test(word) && !known.includes(word) && isNamed(same, word));
};

/** A plain word may mean anything: it counts only where the sentence marks it as a name. */
const isNamed = (same: readonly Fact[], name: string): boolean =>
  same.some((fact) => fact.names.some((n) => n.name === name) || (/[_\d]/u.test(name) && hasWord(fact.text, name)));

const hasWord = (text: string, word: string): boolean => new Set(text.match(/[\p{L}\p{N}_$]+/gu)).has(word);
