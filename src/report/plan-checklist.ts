import type { GateKind } from '../steps/step.ts';
import type { Plan } from '../plan/plan.ts';
import type { MigrationStatus } from './document-schemas.ts';
import { code, plain, ticked } from './markdown.ts';
import { shellWord } from './words.ts';

type Item = readonly [done: boolean, text: string];

/** What has to be true before it is deployed; each item is ticked by a check made for this plan, or by a person's approval. */
export const checklist = (plan: Plan, status: MigrationStatus | null): string =>
  ticked([...checks(plan), ...approvals(plan, status)]);

function checks({ missing, impact, misfits, mappings, tables, planHash }: Plan): readonly Item[] {
  return [
    [
      missing.length === 0,
      missing.length
        ? `Privileges: missing ${missing.map((m) => `${plain(m.what)} (${code(m.grant)})`).join(', ')}`
        : 'Privileges: the role has all it needs',
    ],
    [tables.every(({ rows }) => rows >= 0), 'Sizes are known: every touched table has been analyzed'],
    [impact.statements !== null, 'Statements of the application that use what changes are known (pg_stat_statements)'],
    ...(mappings.length ? ([[misfits !== null, 'Values that do not fit are counted']] as const) : []),
    [true, 'Rollback prepared: every step has its undo beside it, or nothing to take back'],
    [
      false,
      `Staging passed with this plan: ${code('lockkeeper status --target staging')} shows ${code(planHash.slice(0, 12))} as done`,
    ],
  ];
}

/** Opened by a person; ticked once the journal says so. */
function approvals({ migration, phases }: Plan, status: MigrationStatus | null): readonly Item[] {
  const command = (gate: string) => code(`lockkeeper approve ${shellWord(migration)} ${gate}`);
  const isOpen = (id: string) => status?.gates.some((gate) => gate.id === id && gate.open) ?? false;
  const first = `phase-${phases[0]?.name ?? 'expand'}`;
  const gates = phases.flatMap(({ steps }) => steps).filter((step) => step.kind === 'gate');
  return [
    [
      isOpen(first),
      `SQL reviewed (${code(`lockkeeper plan ${shellWord(migration)} --format sql`)}): ${command(first)}`,
    ],
    ...gates.flatMap(({ id, gate }): Item[] => {
      const what = byPerson[gate];
      return what === undefined ? [] : [[isOpen(id), `${what}: ${command(gate)}`]];
    }),
  ];
}

const byPerson: Readonly<Partial<Record<GateKind, string>>> = {
  backup: 'Backup taken, and named by a person',
  'contract-approval': 'Contraction approved; application, environment and monitoring are ready for it',
};
