import { Command } from 'commander';
import { applyCommand } from './commands/apply.ts';
import { approveCommand } from './commands/approve.ts';
import { archiveCommand } from './commands/archive.ts';
import { demoCommand } from './commands/demo.ts';
import { expectCommand } from './commands/expect.ts';
import { initCommand } from './commands/init.ts';
import { inspectCommand } from './commands/inspect.ts';
import { lintCommand } from './commands/lint.ts';
import { newCommand } from './commands/new.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { readsCommand } from './commands/reads.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { statusCommand } from './commands/status.ts';
import { tuneCommand } from './commands/tune.ts';
import { validateCommand } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import { withExamples } from './options.ts';
import { reportFailure } from './report-failure.ts';
import type { Terminal } from './terminal.ts';

/** In the order in which people need them. */
const commands = [
  ...[initCommand, newCommand, validateCommand, inspectCommand, planCommand],
  ...[applyCommand, approveCommand, statusCommand, verifyCommand, readsCommand],
  ...[pauseCommand, resumeCommand, tuneCommand, quarantineCommand, rollbackCommand],
  ...[archiveCommand, expectCommand, lintCommand, demoCommand],
];

/** Understands one command line and does it; every failure ends here, as an exit code and an explanation. */
export async function runProgram(argv: readonly string[], terminal: Terminal, version: string): Promise<void> {
  try {
    await buildProgram(terminal, version).parseAsync(argv, { from: 'user' });
  } catch (error) {
    reportFailure(error, argv, terminal);
  }
}

export function buildProgram(terminal: Terminal, version: string): Command {
  const program = new Command('lockkeeper')
    .summary('takes a PostgreSQL schema change from plan to verified production change with zero downtime')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command');
  for (const command of commands) program.addCommand(command(terminal));
  const examples = ['demo', 'plan user-preferences', 'apply user-preferences --to dual-write'];
  return prepare(withExamples(program, examples), terminal);
}

/** Failures are thrown rather than ending the process, and what is printed goes to the terminal we were given. */
function prepare(command: Command, terminal: Terminal): Command {
  const summary = command.summary();
  command
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .helpOption('-h, --help', 'explain this command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: () => undefined,
    });
  for (const child of command.commands) prepare(child, terminal);
  return command;
}
