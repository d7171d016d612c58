import type { PolicyRule, Table } from '../catalog/catalog.ts';
import { rowSecurityUnclear } from './errors.ts';

/**
 * Row-level security of a table whose rows each belong to one row of a source: who may see that one may see and write them. This
 * follows from the source's policies only where seeing a row and updating it are one right.
 */
export function checkRowSecurity(source: Table, column: string, answer: 'source-row' | undefined): void {
  if (!source.rowSecurity) return;
  const reading = source.dependants.find(
    (d) => d.kind === 'policy' && d.columns.includes(column) && d.name.endsWith(` on ${ownName(source)}`),
  );
  if (reading)
    throw rowSecurityUnclear(
      source,
      `The policy ${reading.name} reads ${column} itself, which nobody writes any more after contract.`,
      'Rewrite that policy over another column first.',
    );
  const rules = source.policyRules ?? [];
  const [select, using, check] = [
    effective(rules, 'select', (p) => p.using),
    effective(rules, 'update', (p) => p.using),
    effective(rules, 'update', (p) => p.check ?? p.using),
  ];
  if (answer === 'source-row' || (select === using && using === check)) return;
  throw rowSecurityUnclear(
    source,
    'Its policies let some roles see rows that they may not update, or the other way round; one policy on the new tables cannot tell the two apart.',
    'If who sees a source row may also write its rows in the new tables, say so: `row_security: source-row`. Otherwise make the policies for SELECT and UPDATE the same first.',
  );
}

const ownName = ({ schema, name }: Table): string => [schema, name].map(quoted).join('.');
const quoted = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** The policies that decide about one command, whatever they are called. */
const effective = (
  rules: readonly PolicyRule[],
  command: 'select' | 'update',
  condition: (rule: PolicyRule) => string | null,
): string =>
  rules
    .filter((p) => p.command === command || p.command === 'all')
    .map((p) => JSON.stringify([p.permissive, p.roles, condition(p)]))
    .sort()
    .join('\n');
