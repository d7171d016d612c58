import type { FuncCall, SelectStmt, VariableSetStmt } from '@pgsql/types';
import { all, columnOf, constantOf, strings } from '../nodes.ts';
import { walk } from '../../sql/expressions.ts';
import type { Session } from './session.ts';

/** The value a SET gives; null for the server's default. */
export function setValue({ kind, args = [] }: VariableSetStmt): string | null {
  if (kind !== 'VAR_SET_VALUE') return null;
  return args.map((arg) => String(constantOf(arg) ?? columnOf(arg) ?? '')).join(', ');
}

export function applySet(session: Session, statement: VariableSetStmt): void {
  const { kind, name = '', is_local: local = false } = statement;
  if (kind === 'VAR_RESET_ALL') session.resetAll();
  else if (kind === 'VAR_SET_VALUE' || kind === 'VAR_SET_DEFAULT' || kind === 'VAR_RESET')
    session.set(name.toLowerCase(), setValue(statement), local);
}

/** `SELECT set_config('lock_timeout', '2s', false)`. */
export function applySetConfig(session: Session, select: SelectStmt): void {
  for (const { name, value, local } of setConfigs(select)) session.set(name, value, local);
}

export function setConfigs(select: SelectStmt): readonly { name: string; value: string; local: boolean }[] {
  const found: { name: string; value: string; local: boolean }[] = [];
  walk(all(select.targetList, 'ResTarget'), (kind, node) => {
    if (kind !== 'FuncCall' || strings((node as FuncCall).funcname).at(-1) !== 'set_config') return;
    const [name, value, local] = ((node as FuncCall).args ?? []).map(constantOf);
    if (typeof name === 'string')
      found.push({ name: name.toLowerCase(), value: String(value ?? ''), local: local === true });
  });
  return found;
}

const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A timeout in milliseconds; 0 when it is off, NaN when it says nothing. */
export function milliseconds(value: string | null): number {
  if (value === null) return 0;
  const [, amount, unit = ''] = /^\s*([\d.]+)\s*([a-z]*)\s*$/u.exec(value) ?? [];
  return Number(amount) * (unit === '' ? 1 : (units[unit] ?? NaN));
}
