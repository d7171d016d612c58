import { type Command, InvalidArgumentError, Option } from 'commander';
import { type PhaseName, phaseNames } from '../events.ts';

export type Format = 'text' | 'json' | 'markdown' | 'sql';

export interface FormatFlags {
  readonly format: Format;
  readonly json?: true;
}

/** Where to work: the options of every command that connects. */
export const withConnection = (command: Command): Command =>
  command
    .option('--target <name>', 'a target of the configuration')
    .option(
      '--database-url <url>',
      'postgres://user@host:port/database; otherwise DATABASE_URL or PGHOST, PGDATABASE, …',
    )
    .option('--journal-schema <name>', 'the schema of the journal (default: the configuration’s, or lockkeeper)')
    .option('--config <path>', 'the configuration (default: lockkeeper.yaml here or in a folder above)');

export const withFormat = (command: Command, formats: readonly Format[] = ['text', 'json']): Command =>
  command
    .addOption(new Option('--format <format>', 'what to print').choices(formats).default('text'))
    .option('--json', 'the same as --format json');

export const formatOf = ({ format, json }: FormatFlags): Format => (json ? 'json' : format);

export const phaseOption = (flags: string, description: string): Option =>
  new Option(flags, description).choices(phaseNames).argParser(phase);

/** A word, checked to be a phase. */
function phase(text: string): PhaseName {
  const found = phaseNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`The phases are ${phaseNames.join(', ')}.`);
  return found;
}

/** A whole number in a range. */
export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/u.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `Give a whole number from ${least} on.`
        : `Give a whole number from ${least} to ${most}.`,
    );
  };

/** A number as `parse` reads it, or Infinity for `none`: commander would take null for a missing value. */
export const orNone =
  (parse: (text: string) => number) =>
  (text: string): number =>
    text === 'none' ? Infinity : parse(text);

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `24h`, `7d` in milliseconds. */
export function durationMs(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+)(ms|[smhd])$/u.exec(text) ?? [];
  const ms = Number(amount) * (units[unit] ?? NaN);
  if (!amount || !Number.isSafeInteger(ms))
    throw new InvalidArgumentError('Give a duration such as 90s, 10m, 24h or 7d.');
  return ms;
}

/** What to type, under the options in --help. */
export const withExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ lockkeeper ${example}`).join('\n')}`);

export const MIGRATION = ['<migration>', 'a file, or the name of a migration'] as const;

export const WORKSPACE = [
  '--workspace <name>',
  'files:FOLDER, or notion (default: the configuration’s, or files:docs)',
] as const;
