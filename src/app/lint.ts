import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Connect } from '../database/database.ts';
import { LockkeeperError } from '../errors.ts';
import { DEFAULT_PG, type FileFindings, type LintFile, lintFiles, type LintOptions, sqlError } from '../lint/lint.ts';
import { rules } from '../lint/registry.ts';
import type { Severity } from '../lint/rule.ts';
import { fileNotReadable } from '../migration/errors.ts';
import { nearest } from '../migration/nearest.ts';
import type { LintReport } from '../report/render-lint-text.ts';
import { changedFiles } from './changed-files.ts';
import type { Config } from './config.ts';
import { findConfig } from './find-config.ts';
import { type Change, fixSources, writeChanges } from './fix-sources.ts';
import { readSources, type Source, type Unsaved } from './lint-sources.ts';
import { printedBy } from './printed-by.ts';

export interface LintInput {
  readonly cwd: string;
  readonly paths: readonly string[];
  /** Report only this file, relative to `cwd`. */
  readonly only?: string;
  /** Texts of files that are not as they are on disk. */
  readonly unsaved?: Unsaved;
  /** SQL that is no file. */
  readonly text?: string;
  /** Opens a session of the database that the files are for. */
  readonly connect?: Connect;
  /** A command that prints SQL, run in a shell. */
  readonly exec?: string;
  readonly pg?: number;
  readonly transaction?: 'file' | 'statement';
  /** A file of DDL. */
  readonly schema?: string;
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  /** Report only the newest files of each folder. */
  readonly latest?: number;
  /** Report only what changed since a commit. */
  readonly since?: string;
  /** Rewrite what can be rewritten safely, in the files or only in what is returned, and report what is left. */
  readonly fix?: 'write' | 'show';
}

export interface LintDocument extends LintReport {
  readonly schema: 'lockkeeper.lint/1';
}

export interface LintResult {
  readonly document: LintDocument;
  /** The reported files, to show places in. */
  readonly texts: ReadonlyMap<string, string>;
  readonly failOn: Severity;
  /** What was rewritten, or would be. */
  readonly changes: readonly Change[];
  readonly fixed: number;
}

/** Says what is dangerous in migrations; nothing of them is run, and no database is needed. */
export async function lint(input: LintInput): Promise<LintResult> {
  const { lint: settings, root } = await settingsFor(input.cwd);
  const given = await sourcesOf(input);
  if (given.length === 0) throw nothingToLint(input.paths);
  const chosenOptions = await optionsOf(input, settings, root);
  const { options, sources } = input.connect
    ? await (await import('./lint-database.ts')).fromDatabase(input.connect, chosenOptions, given)
    : { options: chosenOptions, sources: given };
  const read = await Promise.all(sources.map((source) => choose(source, input)));
  const fixes = input.fix ? await fixSources(input.cwd, read, options) : null;
  const { sources: chosen, changes, fixed } = fixes ?? { sources: read, changes: [], fixed: 0 };
  if (input.fix === 'write') await writeChanges(input.cwd, changes);
  const files = chosen.flatMap((source) => lintFiles(source.files, options));
  return {
    document: documentOf(files, options.pg, sources),
    texts: new Map(
      chosen.flatMap((source) => source.files.map(({ path, text, source: script }) => [path, script ?? text])),
    ),
    failOn: settings.fail_on ?? 'error',
    changes,
    fixed,
  };
}

async function sourcesOf({ cwd, paths, text, exec, unsaved }: LintInput): Promise<readonly Source[]> {
  const named = paths.length === 0 ? [] : await readSources(cwd, paths, unsaved);
  const printed = exec === undefined ? [] : [oneText(exec, await printedBy(exec, cwd))];
  return [...named, ...printed, ...(text === undefined ? [] : [oneText('stdin', text)])];
}

const oneText = (path: string, text: string): Source => ({ runner: 'plain SQL files', files: [{ path, text }] });

type Settings = Config['lint'];

/** Without a configuration its schema is not loaded either. */
async function settingsFor(cwd: string): Promise<Pick<Config, 'lint' | 'root'>> {
  if ((await findConfig(resolve(cwd))) === null) return { lint: { rules: {} }, root: cwd };
  const { readConfig } = await import('./config.ts');
  return readConfig({ cwd });
}

async function optionsOf(input: LintInput, settings: Settings, root: string): Promise<LintOptions> {
  const [enable, disable] = [input.enable ?? [], input.disable ?? []];
  for (const id of [...enable, ...disable, ...Object.keys(settings.rules)]) checkRule(id);
  const chosen = Object.entries(settings.rules);
  const pg = input.pg ?? settings.pg;
  const schema = input.schema ? resolve(input.cwd, input.schema) : settings.schema && resolve(root, settings.schema);
  return {
    ...(pg !== undefined && { pg }),
    enable: [...enable, ...chosen.flatMap(([id, value]) => (value === 'off' || disable.includes(id) ? [] : id))],
    disable: [...disable, ...chosen.flatMap(([id, value]) => (value === 'off' && !enable.includes(id) ? id : []))],
    severities: Object.fromEntries(chosen.flatMap(([id, value]) => (value === 'off' ? [] : [[id, value]]))),
    ...(schema && { schema: await readSchema(schema) }),
  };
}

async function readSchema(path: string): Promise<string> {
  const schema = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fileNotReadable(path, cause);
  });
  const wrong = sqlError(schema);
  if (wrong === null) return schema;
  throw new LockkeeperError('USAGE', {
    message: `${path}:${wrong.line}:${wrong.column} is no SQL: ${wrong.message}`,
    hint: 'The schema is DDL, such as pg_dump --schema-only prints.',
    fix: 'Correct the file, or name another.',
  });
}

function checkRule(id: string): void {
  const known = rules.map((rule) => rule.id);
  if (known.includes(id)) return;
  const near = nearest(id, known);
  throw new LockkeeperError('USAGE', {
    message: `There is no rule ${id}.`,
    hint: near === null ? 'docs/rules lists them all.' : `Did you mean ${near}?`,
    fix: `Name a rule that there is${near === null ? '' : `: ${near}`}.`,
  });
}

/** Which of the files are reported; all are read, for what they leave behind. */
async function choose(source: Source, { cwd, latest, since, transaction, only }: LintInput): Promise<Source> {
  const changed = since === undefined ? null : await changedFiles(cwd, since);
  const first = latest === undefined ? 0 : source.files.length - latest;
  const files = source.files.map((file, i): LintFile => {
    const isChanged = changed?.has(file.path) ?? true;
    return {
      ...file,
      ...(transaction && !file.sections && { transaction }),
      report: i >= first && isChanged && (only === undefined || file.path === only),
      pending: file.pending === true || (changed !== null && isChanged),
    };
  });
  return { ...source, files };
}

function documentOf(files: readonly FileFindings[], pg: number | undefined, sources: readonly Source[]): LintDocument {
  const findings = files.flatMap((file) => file.findings);
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return {
    schema: 'lockkeeper.lint/1',
    files,
    summary: {
      files: files.length,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      notices: files.flatMap((file) => file.notices).length,
      unreadable: files.filter(({ error }) => error !== null).length,
      pg: pg ?? DEFAULT_PG,
      pgAssumed: pg === undefined,
      runners: [...new Set(sources.map(({ runner }) => runner))],
    },
  };
}

const nothingToLint = (paths: readonly string[]) =>
  new LockkeeperError('FILE_NOT_FOUND', {
    message: `There is no migration in ${paths.join(', ')}.`,
    hint: 'Files that end in .sql are read, and the scripts of Alembic, Django, Rails, Knex and node-pg-migrate.',
    fix: 'Name a file or a folder of migrations.',
  });
