import type { NodeKind } from './nodes.ts';
import type { Rule } from './rule.ts';

/** The rules to ask about a statement of a kind. */
export type Dispatch = (kind: NodeKind) => readonly Rule[];

/** Most statements concern a handful of rules: asking all of them takes several times as long as parsing. */
export function dispatchTo(rules: readonly Rule[]): Dispatch {
  const byKind = new Map<NodeKind, readonly Rule[]>();
  return (kind) => {
    const known = byKind.get(kind) ?? rules.filter(({ on }) => on === 'any' || on.includes(kind));
    byKind.set(kind, known);
    return known;
  };
}
