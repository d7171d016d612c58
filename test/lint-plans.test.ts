import { expect, inject, it } from 'vitest';
import { planMigration } from '../src/app/plan-migration.ts';
import { type LintFile, lintFiles } from '../src/lint/lint.ts';
import type { Plan } from '../src/plan/plan.ts';
import { renderPlanSql } from '../src/report/render-plan-sql.ts';
import { withDatabase } from './support/database.ts';
import { engineOn } from './support/engine.ts';
import { examples } from './support/example.ts';

// What `plan` prints is judged as anybody's migration is.

const pg = inject('serverMajor');

/** The steps as they run: each by itself, in a transaction unless PostgreSQL forbids that. */
const stepsOf = (plan: Plan): readonly LintFile[] =>
  plan.phases
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      'sql' in step
        ? [
            {
              path: step.id,
              text: step.sql,
              transaction: step.kind === 'concurrently' ? 'statement' : 'file',
              pending: true,
            },
          ]
        : [],
    );

/** Contract takes the old shape away, which is what these rules are about; the gates before it see that nobody uses it. */
const ofContract = ['lock-table', 'rename-column', 'drop-not-null', 'drop-constraint', 'long-statement-while-locked'];

it.each(examples)('$name', async ({ name, before, migration }) => {
  await withDatabase(before, async ({ connect }) => {
    const plan = await planMigration(engineOn(connect, migration).deps, { migration });
    const printed: LintFile = { path: `${name}.sql`, text: renderPlanSql(plan) };
    const contract = printed.text.split('\n').findIndex((line) => line.startsWith('-- ==== contract')) + 1;
    const found = [stepsOf(plan), [printed]].flatMap((files) =>
      lintFiles(files, { pg, schema: before }).flatMap(({ path, error, findings }) => [
        ...(error ? [`${path}: ${error.message}`] : []),
        ...findings
          .filter(({ rule, line }) => {
            const isInContract =
              path.startsWith('contract/') || (files.length === 1 && contract > 0 && line > contract);
            return !(isInContract && ofContract.includes(rule));
          })
          .map(({ rule, line, message }) => `${path}:${line} ${rule}: ${message}`),
      ]),
    );
    expect(found).toEqual([]);
  });
});
