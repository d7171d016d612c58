import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';
import type { Command } from 'commander';
import { buildProgram } from '../src/cli/program.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { writeRulePages } from './rule-pages.ts';

export const commandsPage = new URL('../docs/commands.md', import.meta.url);

/** Every option that several commands share is explained once, at the top of the page. */
const shared = ['--target', '--database-url', '--journal-schema', '--config', '--help'];

/** The program as `--help` sees it; nothing of a terminal is used before a command runs. */
export const program = (): Promise<Command> => buildProgram({} as Terminal, '');

/** Commands that do something, by what is typed: `apply`, `archive list`. */
export function commandsOf(command: Command, above = ''): Map<string, Command> {
  return new Map(
    command.commands.flatMap((child) => {
      const typed = `${above}${child.name()}`;
      return child.commands.length ? [...commandsOf(child, `${typed} `)] : [[typed, child] as const];
    }),
  );
}

function helpOf(command: Command): string {
  let text = '';
  command.configureHelp({
    helpWidth: 100,
    visibleOptions: (of) => of.options.filter((option) => !shared.includes(option.long ?? '')),
  });
  command.configureOutput({ writeOut: (piece) => (text += piece) });
  command.outputHelp();
  return text.trim();
}

/** The page with the help of each `<!-- help: NAME -->` put in below it, up to the end of its code block. */
export async function withHelp(page: string): Promise<string> {
  const commands = commandsOf(await program());
  const filled = page.replace(/<!-- help: (.+?) -->\n(\n```text\n[^]*?\n```\n)?/gu, (_, name: string) => {
    const command = commands.get(name);
    if (!command) throw new Error(`There is no command "${name}".`);
    return `<!-- help: ${name} -->\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  });
  return format(filled, { parser: 'markdown', singleQuote: true, printWidth: 120 });
}

/** Fills in the help of every command in docs/commands.md, and writes docs/rules: `npx jiti scripts/build-docs.ts`. */
if (pathToFileURL(argv[1] ?? '').href === import.meta.url) {
  await writeFile(commandsPage, await withHelp(await readFile(commandsPage, 'utf8')));
  await writeRulePages();
}
