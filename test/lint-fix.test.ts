import { expect, inject, it } from 'vitest';
import { fixFiles } from '../src/lint/fix/fix-files.ts';
import { parseStatements } from '../src/lint/parse.ts';
import { rules } from '../src/lint/registry.ts';
import type { Example, Rule } from '../src/lint/rule.ts';
import { before, isRunnable, makeServerThings, reset } from './support/claims/things.ts';
import { type TestDatabase, withDatabase } from './support/database.ts';
import { shapeOf } from './support/shape.ts';

// What --fix writes leads to the same schema as what it replaces.

const pg = inject('serverMajor');

const exampleOf = (example: string | Example): Example => (typeof example === 'string' ? { sql: example } : example);

const cases = rules
  .filter(({ fixable }) => fixable)
  .flatMap((rule) => rule.bad.map((example) => ({ rule, example: exampleOf(example) })))
  .filter(({ example }) => (example.pg ?? pg) <= pg && isRunnable(example));

function fixed(rule: Rule, { sql, schema, transaction }: Example): string | null {
  const file = { path: 'a.sql', text: sql, ...(transaction && { transaction }) };
  const options = { pg, enable: [rule.id], ...(schema && { schema }) };
  const made = fixFiles([{ file, original: sql }], 'plain SQL files', options);
  return made.fixed.length === 0 ? null : (made.files[0]?.original ?? null);
}

/** The schema that statements lead to, each sent by itself. */
async function shapeAfter(database: TestDatabase, fixture: string, sql: string): Promise<readonly string[]> {
  await database.run(`RESET ALL; ${reset};\n${fixture}`);
  for (const { text, block } of parseStatements(sql)) if (block === null) await database.run(text);
  return await shapeOf(database);
}

const without = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((line) => !others.includes(line));

it('the schema is the same', async () => {
  const changed = new Set<string>();
  const different: unknown[] = [];
  await withDatabase('', async (database) => {
    await makeServerThings(database.run);
    for (const { rule, example } of cases) {
      const sql = fixed(rule, example);
      if (sql === null) continue;
      changed.add(rule.id);
      const fixture = before(rule, example);
      const [was, is] = [await shapeAfter(database, fixture, example.sql), await shapeAfter(database, fixture, sql)];
      if (was.join('\n') !== is.join('\n')) different.push({ sql, was: without(was, is), is: without(is, was) });
    }
  });
  expect(different).toEqual([]);
  const unchanged = rules.filter(({ id, fixable }) => fixable && !changed.has(id)).map(({ id }) => id);
  expect(unchanged).toEqual([]);
});
