import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Dispatch, dispatchTo } from './dispatch.ts';
import { parseStatements } from './parse.ts';
import { rules } from './registry.ts';
import type { Example, Wrapping } from './rule.ts';
import { runSection } from './run-section.ts';
import { apply } from './world/apply.ts';
import { World } from './world/world.ts';

const folder = join(import.meta.dirname, 'cases');
const cases = readdirSync(folder).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    .split(/^(?=--- [\w, -]+: )/mu)
    .map((text) => text.split(/^--- then\n/mu))
    .map(([first = '', second]): Example => (second === undefined ? { sql: first } : { schema: first, sql: second })),
);
const examples = rules
  .flatMap(({ bad, good }) => [...bad, ...good])
  .map((example): Example => (typeof example === 'string' ? { sql: example } : example));
const corpus = [...cases, ...examples].map(({ schema = '', sql }) => ({
  text: sql,
  before: parseStatements(schema),
  statements: parseStatements(sql),
}));

type Text = (typeof corpus)[number];

/** What is found in a text, as `rule in kind of statement: message`. */
function found({ text, before, statements }: Text, rulesFor: Dispatch, wrapping: Wrapping, pg: number) {
  const world = new World();
  for (const { node } of before) apply(world, node);
  world.session.resetAll();
  world.file = 0;
  return runSection(world, { text, statements, wrapping, pg, rulesFor }).map(
    ({ rule, statement, message }) => `${rule.id} in ${statement.kind}: ${message}`,
  );
}

it.each([
  ['statement', 10],
  ['file', 14],
  ['batch', 18],
] as const)(
  'asks all rules that would find something, in %s for PostgreSQL %d',
  { timeout: 30_000 },
  (wrapping, pg) => {
    const dispatch = dispatchTo(rules);
    for (const one of corpus)
      expect(found(one, dispatch, wrapping, pg), one.text).toEqual(found(one, () => rules, wrapping, pg));
  },
);

it('asks few rules about most statements', () => {
  const asked = dispatchTo(rules)({ kind: 'CommentStmt', node: { CommentStmt: {} } }).map(({ on }) => on);
  expect(asked.every((on) => on === 'any')).toBe(true);
});
