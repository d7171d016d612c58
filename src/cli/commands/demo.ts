import { Command } from 'commander';
import { demonstrate, type Demonstrated } from '../../demo/demonstrate.ts';
import { renderDemoText } from '../../report/demo-text.ts';
import { showDemo } from '../show-demo.ts';
import { type FormatFlags, formatOf, integer, withExamples, withFormat } from '../options.ts';
import { EXIT, type Terminal } from '../terminal.ts';

type Flags = FormatFlags & { readonly rows: number; readonly keep?: true };

export const demoCommand = (terminal: Terminal): Command => {
  const command = new Command('demo')
    .summary('watch a migration of live data, on a PostgreSQL of its own, under an application that never stops')
    .option('--rows <n>', 'users to migrate', integer(1000), 1_000_000)
    .option('--keep', 'leave the server up afterwards, and say how to connect')
    .action(async (flags: Flags) => {
      const { clock, signal, self } = terminal;
      const { onView, rest } = await showDemo(terminal);
      const { rows, keep = false } = flags;
      const shown = await demonstrate({ clock, signal, self, onView }, { rows, keep }).finally(rest);
      terminal.err(`The report is in ${shown.reportFile}\nand as a page in ${shown.pageFile}`);
      terminal.out(formatOf(flags) === 'json' ? JSON.stringify(shown.report) : renderDemoText(shown.report));
      terminal.exit(shown.report.ok ? EXIT.ok : EXIT.failed);
      if (keep) await keepUp(terminal, shown);
    });
  return withExamples(withFormat(command), ['demo', 'demo --rows 20000 --keep']);
};

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
