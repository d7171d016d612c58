import type { AlterTableType, Node } from '@pgsql/types';
import { all, as } from './nodes.ts';
import type { Rule, Subject } from './rule.ts';
import type { Statement } from './statement.ts';

/** The rules to ask about a statement. */
export type Dispatch = (statement: Pick<Statement, 'kind' | 'node'>) => readonly Rule[];

/** Most statements concern a handful of rules: asking all of them takes several times as long as parsing. */
export function dispatchTo(rules: readonly Rule[]): Dispatch {
  const bySubject = new Map<string, readonly Rule[]>();
  return ({ kind, node }) => {
    const actions = kind === 'AlterTableStmt' ? actionsOf(node) : [];
    const subject = [kind, ...actions].join();
    const known = bySubject.get(subject) ?? rules.filter((rule) => looksAt(rule, [kind, ...actions]));
    bySubject.set(subject, known);
    return known;
  };
}

const looksAt = ({ on }: Rule, subjects: readonly Subject[]): boolean =>
  on === 'any' || subjects.some((subject) => on.includes(subject));

const actionsOf = (node: Node): readonly AlterTableType[] => [
  ...new Set(all(as(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd').map(({ subtype = 'AT_AddColumn' }) => subtype)),
];
