import { Command } from 'commander';
import { readConfig } from '../../app/config.ts';
import { demonstrate, type Demonstrated } from '../../demo/demonstrate.ts';
import { renderDemoText } from '../../report/demo-text.ts';
import { renderPublished } from '../../report/render-published.ts';
import { usage } from '../errors.ts';
import { notionAccess } from '../notion-access.ts';
import { opener } from '../open-deps.ts';
import { showDemo } from '../show-demo.ts';
import { type FormatFlags, formatOf, integer, withExamples, withFormat, WORKSPACE } from '../options.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import { type PageFlags, publishInput, TASKS } from './spec-publish.ts';

type Flags = FormatFlags & Partial<PageFlags> & { readonly rows: number; readonly keep?: true };

export const demoCommand = (terminal: Terminal): Command => {
  const command = new Command('demo')
    .summary('watch a migration of live data, on a PostgreSQL of its own, under an application that never stops')
    .option('--rows <n>', 'users to migrate', integer(1000), 1_000_000)
    .option('--keep', 'leave the server up afterwards, and say how to connect')
    .option('--spec <page>', 'draft the migration from this specification, and publish its plan and tasks beside it')
    .option(...WORKSPACE)
    .option(...TASKS)
    .action(async (flags: Flags) => {
      const { clock, signal, self } = terminal;
      const { rows, keep = false } = flags;
      if (flags.spec === undefined && (flags.workspace ?? flags.tasks) !== undefined)
        throw usage('--workspace and --tasks say where the page of --spec is published.', 'Give --spec, or neither.');
      const specification = flags.spec === undefined ? null : await specificationOf(terminal, flags, flags.spec);
      const options = { rows, keep, ...(specification ? { specification } : {}) };
      const { onView, rest } = await showDemo(terminal);
      const shown = await demonstrate({ clock, signal, self, onView }, options).finally(rest);
      if (shown.published) terminal.err(renderPublished(shown.published, terminal.errPaint));
      terminal.err(`The report is in ${shown.reportFile}\nand as a page in ${shown.pageFile}`);
      terminal.out(formatOf(flags) === 'json' ? JSON.stringify(shown.report) : renderDemoText(shown.report));
      terminal.exit(shown.report.ok ? EXIT.ok : EXIT.failed);
      if (keep) await keepUp(terminal, shown);
    });
  return withExamples(withFormat(command), [
    'demo',
    'demo --rows 20000 --keep',
    'demo --rows 20000 --spec docs/specs/user-preferences.md',
  ]);
};

async function specificationOf(terminal: Terminal, flags: Flags, spec: string) {
  const { cwd } = terminal;
  const config = await readConfig({ cwd });
  const publish = publishInput(terminal, config, { ...flags, spec });
  const named = flags.workspace === undefined ? {} : { workspace: flags.workspace };
  const draft = { cwd, page: spec, notion: notionAccess(terminal), ...named };
  return { draft, publish, pages: { open: opener(terminal, config), follow: true } };
}

const HOUR_MS = 3_600_000;

/** The server ends with this process, which therefore stays. */
async function keepUp({ err, clock, signal, finishOnInterrupt }: Terminal, { server, application }: Demonstrated) {
  const { role, password } = application;
  err(`The server is up until Ctrl-C. As its owner: ${server.url}`);
  err(`As the application: ${Object.assign(new URL(server.url), { username: role, password }).href}`);
  finishOnInterrupt('Stopping the server.');
  while (!signal.aborted) await clock.sleep(HOUR_MS, signal);
  await server.stop();
}
