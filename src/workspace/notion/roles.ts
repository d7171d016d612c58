import type { DataSource, PropertySchema } from './shapes.ts';

export type Role =
  'status' | 'priority' | 'assignee' | 'sprint' | 'start' | 'due' | 'dates' | 'effort' | 'blockedBy' | 'key';

interface Looks {
  readonly name: RegExp;
  readonly types: readonly string[];
}

const choice = ['status', 'select'];

/** How the columns of a task database are told. */
const looks: Readonly<Record<Role, Looks>> = {
  status: { name: /^(?:status|state|progress)$/u, types: choice },
  priority: { name: /^(?:priority|prio|importance)$/u, types: [...choice, 'multi_select', 'rich_text'] },
  assignee: { name: /^(?:assignees?|assigned(?: to)?|owners?|responsible|assign|who)$/u, types: ['people'] },
  sprint: {
    name: /^(?:sprints?|iterations?|cycles?)$/u,
    types: [...choice, 'multi_select', 'rich_text', 'number', 'relation'],
  },
  start: { name: /^(?:start|starts|start date|begin)$/u, types: ['date'] },
  due: { name: /^(?:due|due date|deadline|end|end date|until)$/u, types: ['date'] },
  dates: { name: /^(?:dates?|timeline|timeframe|period|schedule)$/u, types: ['date'] },
  effort: { name: /^(?:effort|estimates?|estimation|days|effort days|estimated days)$/u, types: ['number'] },
  blockedBy: {
    name: /^(?:blocked by|is blocked by|depends on|dependencies|waits for|waiting on)$/u,
    types: ['relation'],
  },
  key: { name: /^(?:plan key|lockkeeper)$/u, types: ['rich_text'] },
};

/** The columns that say what we have to say. A relation for what comes before leads to the same table. */
export function rolesIn({ id, properties }: DataSource): Readonly<Partial<Record<Role, PropertySchema>>> {
  const all = Object.values(properties);
  const found = Object.entries(looks).flatMap(([role, { name, types }]) => {
    const fits = all.filter(
      (property) =>
        types.includes(property.type) &&
        (role !== 'blockedBy' || (property['relation'] as { data_source_id?: string }).data_source_id === id),
    );
    const named = fits.find((property) => name.test(plain(property.name)));
    const only = role === 'status' ? fits.filter(({ type }) => type === 'status') : role === 'assignee' ? fits : [];
    const property = named ?? (only.length === 1 ? only[0] : undefined);
    return property ? [[role, property] as const] : [];
  });
  return Object.fromEntries(found);
}

/** `🚦 Effort (days)` → `effort days`. */
export const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
