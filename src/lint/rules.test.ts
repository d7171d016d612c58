import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintSql } from './lint.ts';
import { parseStatements } from './parse.ts';
import { rules } from './registry.ts';
import type { Example, Rule } from './rule.ts';

const files = readdirSync(join(import.meta.dirname, 'rules')).map((file) => file.replace('.ts', ''));

it('has every rule in a file of its name', () => {
  expect(rules.map(({ id }) => id)).toEqual(files.sort());
});

const exampleOf = (example: string | Example): Example => (typeof example === 'string' ? { sql: example } : example);
const titled = (examples: Rule['bad']) => examples.map(exampleOf).map((example) => [example.sql, example] as const);

/** What the rule, and only it, finds in its example. */
function findingsOf({ id }: Rule, { sql, pg, transaction, schema }: Example) {
  const options = { ...(pg && { pg }), ...(transaction && { transaction }), ...(schema && { schema }) };
  const { findings, error } = lintSql(sql, { ...options, enable: [id] });
  expect(error).toBeNull();
  return findings.filter(({ rule }) => rule === id);
}

/** The text between the places of a finding. */
function found(sql: string, { line, column, endLine, endColumn }: ReturnType<typeof findingsOf>[number]): string {
  const lines = sql.split('\n').slice(line - 1, endLine);
  if (line === endLine) return (lines[0] ?? '').slice(column - 1, endColumn - 1);
  return [(lines[0] ?? '').slice(column - 1), ...lines.slice(1, -1), (lines.at(-1) ?? '').slice(0, endColumn - 1)].join(
    '\n',
  );
}

describe.each(rules)('$id', (rule) => {
  it.each(titled(rule.bad))('finds %s', (sql, example) => {
    const findings = findingsOf(rule, example);
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    if (!finding) return;
    const at = found(sql, finding);
    const statements = parseStatements(sql);
    if (example.at === undefined) expect(statements.at(-1)?.text).toContain(at);
    else expect(at).toBe(example.at);
    expect(finding.message).toMatch(/[.?]$/u);
  });

  it.each(titled(rule.good))('allows %s', (_, example) => {
    expect(findingsOf(rule, example)).toEqual([]);
  });

  it.each(titled(rule.bad))('has a fix that parses and leaves nothing of it, for %s', (sql, example) => {
    for (const { fix, line, column } of findingsOf(rule, example)) {
      if (fix === null) continue;
      const at =
        sql
          .split('\n')
          .slice(0, line - 1)
          .join('\n').length +
        (line > 1 ? 1 : 0) +
        column -
        1;
      const statement = parseStatements(sql).find(({ start, end }) => start <= at && at < end);
      const fixed = sql.slice(0, statement?.start) + fix + sql.slice(statement?.end);
      expect(() => parseStatements(fixed)).not.toThrow();
      expect(findingsOf(rule, { ...example, sql: fixed })).toEqual([]);
    }
  });

  it('has at least two examples of each', () => {
    expect(rule.bad.length).toBeGreaterThanOrEqual(2);
    expect(rule.good.length).toBeGreaterThanOrEqual(2);
  });
});
