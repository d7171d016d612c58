import { Command, InvalidArgumentError, Option } from 'commander';
import { lint, type LintDocument, type LintResult } from '../../app/lint.ts';
import type { Connect } from '../../database/database.ts';
import { rules } from '../../lint/registry.ts';
import { severities, type Severity } from '../../lint/rule.ts';
import { nearest } from '../../migration/nearest.ts';
import { renderDiff } from '../../report/render-diff.ts';
import { plural } from '../../report/words.ts';
import { renderLintGithub } from '../../report/render-lint-github.ts';
import { renderLintMarkdown } from '../../report/render-lint-markdown.ts';
import { renderLintText, renderRule } from '../../report/render-lint-text.ts';
import { usage } from '../errors.ts';
import { integer, withExamples } from '../options.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

const formats = ['text', 'json', 'sarif', 'github', 'markdown', 'gitlab'] as const;
type Format = (typeof formats)[number];

interface Flags {
  readonly format: Format;
  readonly json?: true;
  readonly pg?: number;
  readonly transaction?: 'file' | 'statement';
  readonly schema?: string;
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  readonly failOn?: Severity;
  readonly since?: string;
  readonly latest?: number;
  readonly stdin?: true;
  readonly fix?: true;
  readonly diff?: true;
  readonly exec?: string;
  readonly target?: string;
  readonly databaseUrl?: string;

  readonly explain?: string;
  readonly lsp?: true;
}

export const lintCommand = (terminal: Terminal): Command => {
  const command = new Command('lint')
    .summary('say what is dangerous in migrations, why, and how to write it safely; needs no database')
    .argument('[paths...]', 'files, folders or patterns; a folder is read whole, for what its files leave behind')
    .option('--pg <version>', 'the server’s major version (default: the configuration’s, or 14)', integer(10, 19))
    .addOption(
      new Option(
        '--transaction <wrapping>',
        'how the runner sends a file (default: what the detected tool does)',
      ).choices(['file', 'statement']),
    )
    .option('--schema <file>', 'DDL of what is there before these files')
    .option('--enable <rules>', 'rules to turn on, with commas between them', list)
    .option('--disable <rules>', 'rules to turn off', list)
    .addOption(new Option('--fail-on <severity>', 'what makes it exit with 1 (default: error)').choices(severities))
    .option('--since <commit>', 'report only files that changed since')
    .option('--latest <n>', 'report only the newest files of a folder', integer(1))
    .option('--stdin', 'read SQL from stdin')
    .option('--fix', 'rewrite what leads to the same schema, safely; what is left is reported')
    .option('--diff', 'with --fix: show what it would write, and write nothing')
    .option('--exec <command>', 'also judge the SQL that a command prints')
    .option(
      '--target <name>',
      'a target of the configuration, whose schema and sizes count; its applied files are left out',
    )
    .option('--database-url <url>', 'the same, by its address')
    .option('--lsp', 'serve an editor: the Language Server Protocol on stdin and stdout')
    .option('--explain <rule>', 'explain a rule, and do nothing else')
    .addOption(new Option('--format <format>', 'what to print').choices(formats).default('text'))
    .option('--json', 'the same as --format json')
    .action(async (paths: readonly string[], flags: Flags) => {
      if (flags.explain !== undefined) return terminal.out(explained(flags.explain, terminal));
      if (flags.lsp) return serve(terminal, flags);
      checkFlags(paths, flags);
      const text = flags.stdin ? await terminal.input() : undefined;
      const connect = await connectionOf(terminal, flags);
      const { fix, ...input } = flags;
      const result = await lint({
        ...{ cwd: terminal.cwd, paths, ...input, ...(fix && { fix: flags.diff ? 'show' : 'write' }) },
        ...(text !== undefined && { text }),
        ...(connect && { connect }),
      });
      if (fix) terminal.err(counted(result, flags.diff));
      terminal.out(
        flags.diff ? renderDiff(result.changes) : await rendered(terminal, result, flags.json ? 'json' : flags.format),
      );
      terminal.exit(exitCodeOf(result.document, flags.failOn ?? result.failOn));
    });
  return withExamples(command, [
    'lint migrations',
    'lint prisma/migrations --pg 16 --latest 1',
    'lint db/**/*.sql --since origin/main --format github',
    'lint --explain set-not-null',
  ]);
};

/** Until the editor says exit; what belongs to a run over files is left out. */
async function serve({ cwd, streams }: Terminal, { pg, transaction, schema, enable, disable }: Flags): Promise<void> {
  const { serveLint } = await import('../lint-server.ts');
  const options = Object.entries({ pg, transaction, schema, enable, disable }).filter(
    ([, value]) => value !== undefined,
  );
  await serveLint({ cwd, ...Object.fromEntries(options) }, streams.input, streams.output);
}

/** Only when it is asked for: what is in the environment is for other commands. */
async function connectionOf(terminal: Terminal, flags: Flags): Promise<Connect | null> {
  if (flags.target === undefined && flags.databaseUrl === undefined) return null;
  const { openDeps } = await import('../open-deps.ts');
  return (await openDeps(terminal, flags)).deps.connect;
}

function checkFlags(paths: readonly string[], { stdin, exec, fix, diff }: Flags): void {
  if (paths.length === 0 && !stdin && exec === undefined)
    throw usage('Nothing to lint was named.', 'Name files or a folder, or --stdin.');
  if (fix && stdin) throw usage('What comes on stdin can not be rewritten.', 'Name files for --fix.');
  if (diff && !fix) throw usage('--diff shows what --fix would write.', 'Give both.');
}

/** Several in one word, with commas; given again it adds. */
function list(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw new InvalidArgumentError('Give the names of rules, with commas between them.');
  return [...before, ...names];
}

const counted = ({ fixed, changes }: LintResult, only = false): string =>
  `${only ? 'It would fix' : 'Fixed'} ${plural(fixed, 'finding')}${changes.length > 0 ? `: ${changes.map(({ path }) => path).join(', ')}` : ''}.`;

function explained(id: string, { outPaint }: Terminal): string {
  const rule = rules.find((one) => one.id === id);
  if (rule) return renderRule(rule, outPaint);
  const near = nearest(
    id,
    rules.map((one) => one.id),
  );
  throw usage(
    `There is no rule ${id}.`,
    near === null ? 'Rules have names such as set-not-null.' : `lockkeeper lint --explain ${near}`,
  );
}

/** Those with fingerprints load what computes them. */
async function rendered({ outPaint }: Terminal, { document, texts }: LintResult, format: Format): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(document, null, 2);
    case 'sarif':
      return (await import('../../report/render-lint-sarif.ts')).renderLintSarif(document, texts, rules);
    case 'github':
      return renderLintGithub(document);
    case 'markdown':
      return renderLintMarkdown(document);
    case 'gitlab':
      return (await import('../../report/render-lint-gitlab.ts')).renderLintGitlab(document, texts);
    case 'text':
      return renderLintText(document, texts, outPaint);
  }
}

function exitCodeOf({ files, summary }: LintDocument, failOn: Severity): ExitCode {
  if (summary.unreadable > 0) return EXIT.usage;
  const counted = severities.slice(0, severities.indexOf(failOn) + 1);
  return files.some(({ findings }) => findings.some(({ severity }) => counted.includes(severity)))
    ? EXIT.failed
    : EXIT.ok;
}
