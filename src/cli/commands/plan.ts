import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Deps } from '../../app/deps.ts';
import { planMigration } from '../../app/plan-migration.ts';
import { status } from '../../app/status.ts';
import { writeNewFile } from '../../app/write-new-file.ts';
import { LockkeeperError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { MigrationStatus } from '../../report/document-schemas.ts';
import { renderPlanMarkdown } from '../../report/render-plan-markdown.ts';
import { renderPlanSql } from '../../report/render-plan-sql.ts';
import { renderPlanText } from '../../report/render-plan-text.ts';
import { shellWord } from '../../report/words.ts';
import { openDeps } from '../open-deps.ts';
import { type FormatFlags, formatOf, MIGRATION, withConnection, withExamples, withFormat } from '../options.ts';
import type { ConnectionFlags } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

type Flags = FormatFlags & ConnectionFlags & { readonly out?: string };

export const planCommand = (terminal: Terminal): Command => {
  const command = new Command('plan')
    .summary('show what a migration will do: steps, locks, risks, estimates; runs nothing')
    .argument(...MIGRATION)
    .option('--out <file>', 'also write the plan as JSON: `apply` runs exactly that')
    .action(async (migration: string, flags: Flags) => {
      const { deps } = await openDeps(terminal, flags);
      const plan = await planMigration(deps, { migration });
      const text = await rendered(terminal, deps, plan, flags);
      if (flags.out !== undefined)
        await writeNewFile(resolve(terminal.cwd, flags.out), `${JSON.stringify(plan, null, 2)}\n`, { force: true });
      terminal.out(text);
      if (flags.out === undefined) return;
      terminal.err(`Wrote ${flags.out}. To run exactly this: lockkeeper apply ${shellWord(flags.out)}`);
    });
  return withExamples(withFormat(withConnection(command), ['text', 'json', 'markdown', 'sql']), [
    'plan user-preferences',
    'plan user-preferences --target staging --out plan.json',
    'plan user-preferences --format markdown > plan.md',
  ]);
};

async function rendered({ outPaint }: Terminal, deps: Deps, plan: Plan, flags: Flags): Promise<string> {
  switch (formatOf(flags)) {
    case 'text':
      return renderPlanText(plan, outPaint);
    case 'json':
      return JSON.stringify(plan, null, 2);
    case 'markdown':
      return renderPlanMarkdown(plan, await statusOf(deps, plan.migration));
    case 'sql':
      return renderPlanSql(plan);
  }
}

/** What has been approved by now; a migration that never ran has no status. */
async function statusOf(deps: Deps, migration: string): Promise<MigrationStatus | null> {
  try {
    const { migrations } = await status(deps, { migration });
    return migrations[0] ?? null;
  } catch (error) {
    if (error instanceof LockkeeperError && error.code === 'RUN_NOT_FOUND') return null;
    throw error;
  }
}
