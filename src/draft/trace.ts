import type { PhaseName } from '../events.ts';
import type { Plan } from '../plan/plan.ts';
import type { Fact, Requirements, Slot } from '../spec/requirements.ts';
import type { DraftedOperation, Traced } from './draft.ts';

type Met = Pick<Traced, 'operations' | 'phases' | 'gates' | 'checks'>;

/** What of a migration meets each requirement. A requirement that nothing meets has nothing: that is for a person to see. */
export function trace({ facts }: Requirements, operations: readonly DraftedOperation[], plan: Plan | null): Traced[] {
  const places = [...new Set(facts.filter(({ slot }) => traced.has(slot)).map(placeOf))];
  return places.flatMap((place) => {
    const here = facts.filter((fact) => placeOf(fact) === place && traced.has(fact.slot));
    const [first] = here;
    if (!first) return [];
    const met = here.map((fact) => metBy(fact, operations, plan));
    return [
      { ...{ slot: first.slot, id: first.id, text: first.text, line: first.line, block: first.block }, ...union(met) },
    ];
  });
}

const traced: ReadonlySet<Slot> = new Set([
  ...(['target', 'functional', 'nonfunctional', 'compatibility', 'downtime'] as const),
  ...(['scale', 'performance', 'acceptance', 'rollback', 'rollout'] as const),
]);

const placeOf = ({ text, line, block }: Fact): string => [text, line, block].join('\0');

const union = (all: readonly Met[]): Met => ({
  operations: [...new Set(all.flatMap((one) => one.operations))].sort((a, b) => a - b),
  phases: [...new Set(all.flatMap((one) => one.phases))],
  gates: [...new Set(all.flatMap((one) => one.gates))],
  checks: [...new Set(all.flatMap((one) => one.checks))],
});

const nobody: Met = { operations: [], phases: [], gates: [], checks: [] };

const PARITY = 'parity: both shapes are compared row by row';
const LOSSLESS = 'lossless counts: every value that would not come back is counted';
const LOCKS = 'lock budget: no step makes others queue for longer than a moment';
const UNDO = 'each step carries its undo';
const LENGTH = 'each chunk is timed, and waits for the application';

const before: readonly PhaseName[] = ['expand', 'backfill', 'dual-write', 'switch'];

function metBy(fact: Fact, operations: readonly DraftedOperation[], plan: Plan | null): Met {
  if (!plan || !operations.length) return nobody;
  const every = operations.map((_, i) => i + 1);
  const replacing = operations.flatMap(({ kind }, i) => (kind === 'create_index' ? [] : [i + 1]));
  const phases = plan.phases.filter(({ steps }) => steps.length).map(({ name }) => name);
  const all = (
    from: readonly string[],
    gates: readonly string[],
    checks: readonly string[],
    which: readonly number[] = every,
  ): Met =>
    which.length
      ? { operations: which, phases: phases.filter((p) => from.includes(p)), gates: gatesOf(plan, from, gates), checks }
      : nobody;
  if (fact.slot === 'compatibility')
    return all([...before, 'contract'], ['parity', 'old-shape-unused'], [PARITY], replacing);
  if (fact.slot === 'downtime') return fact.rule === 'phrase: downtime allowed' ? nobody : all(phases, [], [LOCKS]);
  if (fact.slot === 'scale') return all(['backfill'], [], [LENGTH], replacing);
  if (fact.slot === 'rollback') return all(phases, ['contract-approval'], [UNDO]);
  if (fact.slot === 'acceptance') return accepted(fact.text, all, replacing);
  const steps = partsOf(fact);
  if (steps.length) return all(steps, ['parity'], steps.includes('backfill') ? [PARITY] : [], replacing);
  const own = operations.flatMap(({ because }, i) =>
    because.some((b) => b.text === fact.text && b.line === fact.line) ? [i + 1] : [],
  );
  return all(phases, ['parity'], own.some((i) => replacing.includes(i)) ? [PARITY] : [], own);
}

/** Steps that people plan themselves, and that are phases here. */
function partsOf({ slot, text }: Fact): readonly PhaseName[] {
  if (slot === 'rollout') return parts.filter(([words]) => words.test(text)).map(([, phase]) => phase);
  return /\b(?:existing|old) (?:rows|data|users|records|values)\b/iu.test(text) ? ['backfill'] : [];
}

const parts: readonly (readonly [RegExp, PhaseName])[] = [
  [/\b(?:add|create)\b/iu, 'expand'],
  [/\b(?:backfill|convert|copy|migrate data)\b/iu, 'backfill'],
  [/\bdual[- ]writ|\bwrite (?:to )?both\b/iu, 'dual-write'],
  [/\b(?:switch|move)\b[^.]*\breads?\b/iu, 'switch'],
  [/\b(?:drop|remove|archive)\b[^.]*\b(?:column|old)\b/iu, 'contract'],
];

type Make = (
  phases: readonly string[],
  gates: readonly string[],
  checks: readonly string[],
  which?: readonly number[],
) => Met;

/** Criteria that a check proves; the others are a person’s. */
function accepted(text: string, all: Make, replacing: readonly number[]): Met {
  if (/\bold (?:column|shape)\b[^.]*\b(?:gone|dropped|removed|archived)/iu.test(text))
    return all(['contract'], ['old-shape-unused', 'contract-approval'], [], replacing);
  if (/\b(?:lost|lossless|exactly|equal|identical|match(?:es)?)\b|\b(?:all|every)\b[^.]*\brows?\b/iu.test(text))
    return all(['dual-write', 'contract'], ['parity', 'quarantine'], [PARITY, LOSSLESS], replacing);
  return /\b(?:zero|no|without) down-?time\b/iu.test(text) ? all([...before, 'contract'], [], [LOCKS]) : nobody;
}

/** Those of these kinds that the plan has in these phases. */
const gatesOf = ({ phases }: Plan, from: readonly string[], kinds: readonly string[]): string[] => {
  const steps = phases.filter(({ name }) => from.includes(name)).flatMap((phase) => phase.steps);
  return [...new Set(steps.flatMap((s) => (s.kind === 'gate' && kinds.includes(s.gate) ? [s.gate] : [])))];
};
