import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Config, readConfig, resolveTarget } from '../app/config.ts';
import { configFileNames } from '../app/find-config.ts';
import type { Deps } from '../app/deps.ts';
import { parseTarget, type Target, targetFromPgVariables } from '../database/target.ts';
import { LockkeeperError } from '../errors.ts';
import { fileNotReadable } from '../migration/errors.ts';
import { noTarget, usage } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** What the command line says about where to work. */
export interface ConnectionFlags {
  readonly target?: string;
  readonly databaseUrl?: string;
  readonly journalSchema?: string;
  readonly config?: string;
}

export interface Settings {
  readonly target: Target;
  readonly config: Deps['config'];
  /** As it is configured. */
  readonly project: Config;
}

type Env = Terminal['env'];

/** Flags before variables before the file; no database named is an error, never a guess. */
export async function readSettings(
  flags: ConnectionFlags,
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
): Promise<Settings> {
  const project = await configNamed(flags.config, cwd);
  const { target, protected: isProtected } = chooseTarget(flags, project, env);
  const journalSchema = flags.journalSchema ?? project.journalSchema;
  const config = { cwd, migrations: project.migrations, journalSchema, protected: isProtected };
  return { target, config, project };
}

async function configNamed(named: string | undefined, cwd: string): Promise<Config> {
  if (named === undefined) return readConfig({ cwd });
  const path = resolve(cwd, named);
  const found = await stat(path).catch((cause: unknown) => {
    throw fileNotReadable(named, cause);
  });
  const config = await readConfig({ cwd: found.isDirectory() ? path : dirname(path) });
  if (found.isDirectory() ? dirname(config.file ?? '') === path : config.file === path) return config;
  throw usage(`${named} is not a configuration.`, `Name a file called ${configFileNames.join(', ')}, or its folder.`);
}

/** A flag beats every variable, and --target ignores DATABASE_URL. */
function chooseTarget(flags: ConnectionFlags, config: Config, env: Env): { target: Target; protected: boolean } {
  const { target: name, databaseUrl } = flags;
  if (name !== undefined && databaseUrl !== undefined)
    throw usage('--target and --database-url name two databases.', 'Give one of the two.');
  if (name !== undefined) {
    const { url, protected: isProtected } = resolveTarget(config, name, env);
    return { target: parseTarget(url), protected: isProtected };
  }
  const target = targetFrom(databaseUrl ?? env['DATABASE_URL'], env);
  if (target === null) throw noTarget(Object.keys(config.targets));
  return { target, protected: isProtectedTarget(target, config, env) };
}

function targetFrom(url: string | undefined, env: Env): Target | null {
  if (url) return parseTarget(url);
  return env['PGHOST'] || env['PGDATABASE'] ? targetFromPgVariables(env) : null;
}

/** A protected database is protected by whatever way it is named, as far as its address tells. */
const isProtectedTarget = (target: Target, config: Config, env: Env): boolean =>
  Object.entries(config.targets).some(([name, { protected: isProtected }]) => {
    const other = isProtected ? addressOf(name, config, env) : null;
    return other?.host === target.host && other.port === target.port && other.database === target.database;
  });

function addressOf(name: string, config: Config, env: Env): Target | null {
  try {
    return parseTarget(resolveTarget(config, name, env).url);
  } catch (error) {
    if (error instanceof LockkeeperError) return null; // its variables are not set here
    throw error;
  }
}
