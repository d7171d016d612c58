import type { Node } from '@pgsql/types';
import { as } from '../nodes.ts';
import type { Rule } from '../rule.ts';
import { milliseconds, setConfigs, setValue } from '../world/settings.ts';

export const lockTimeoutTooLong: Rule = {
  id: 'lock-timeout-too-long',
  severity: 'warning',
  optIn: true,
  summary: 'A lock_timeout of more than five seconds.',
  why: 'Everybody who uses the table waits that long, too, each time it is tried. Two seconds and more attempts do better.',
  lock: null,
  blocks: null,
  bad: [
    "SET lock_timeout = '10s'",
    'BEGIN; SET LOCAL lock_timeout = 60000',
    "SELECT set_config('lock_timeout', '1min', false)",
  ],
  good: ["SET lock_timeout = '5s'", 'SET lock_timeout = 2000', 'SET lock_timeout = 0', "SET statement_timeout = '1h'"],
  on: ['VariableSetStmt', 'SelectStmt'],
  *check({ node }) {
    const value = lockTimeout(node);
    if (value !== null && milliseconds(value) > MOST)
      yield { message: `Everybody else may wait ${value} behind it, each time it is tried.` };
  },
};

const MOST = 5000;

function lockTimeout(node: Node): string | null {
  const [set, select] = [as(node, 'VariableSetStmt'), as(node, 'SelectStmt')];
  if (set) return set.name?.toLowerCase() === 'lock_timeout' ? setValue(set) : null;
  return (select && setConfigs(select).find(({ name }) => name === 'lock_timeout')?.value) ?? null;
}
