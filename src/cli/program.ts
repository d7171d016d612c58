import { Command } from 'commander';
import { withExamples } from './options.ts';
import { reportFailure } from './report-failure.ts';
import { withSameTarget } from './same-target.ts';
import type { Terminal } from './terminal.ts';

type MakeCommand = (terminal: Terminal) => Command;

/** In the order in which people need them. Each loads only what it needs: `lint` runs in editors and hooks, where its start counts. */
const commands = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  new: async () => (await import('./commands/new.ts')).newCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  apply: async () => (await import('./commands/apply.ts')).applyCommand,
  approve: async () => (await import('./commands/approve.ts')).approveCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  reads: async () => (await import('./commands/reads.ts')).readsCommand,
  pause: async () => (await import('./commands/pause.ts')).pauseCommand,
  resume: async () => (await import('./commands/pause.ts')).resumeCommand,
  tune: async () => (await import('./commands/tune.ts')).tuneCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  archive: async () => (await import('./commands/archive.ts')).archiveCommand,
  expect: async () => (await import('./commands/expect.ts')).expectCommand,
  spec: async () => (await import('./commands/spec.ts')).specCommand,
  lint: async () => (await import('./commands/lint.ts')).lintCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
} satisfies Record<string, () => Promise<MakeCommand>>;

/** Understands one command line and does it; every failure ends here, as an exit code and an explanation. */
export async function runProgram(argv: readonly string[], given: Terminal, version: string): Promise<void> {
  const terminal = withSameTarget(argv, given);
  let command = 'lockkeeper';
  try {
    const program = await buildProgram(terminal, version, argv[0]);
    command = namedBy(argv, program);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    reportFailure(error, { argv, command }, terminal);
  }
}

/** As far as the words name commands: `lockkeeper quarantine list`. */
function namedBy([word, ...rest]: readonly string[], command: Command): string {
  const child = command.commands.find((c) => c.name() === word);
  return child ? `${command.name()} ${namedBy(rest, child)}` : command.name();
}

/** With the one command that is named, or with all of them. */
export async function buildProgram(terminal: Terminal, version: string, named = ''): Promise<Command> {
  const program = new Command('lockkeeper')
    .summary('takes a PostgreSQL schema change from plan to verified production change with zero downtime')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command');
  for (const [name, load] of Object.entries(commands))
    if (!(named in commands) || name === named) program.addCommand((await load())(terminal));
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
