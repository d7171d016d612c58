import { dirname, relative, resolve } from 'node:path';
import { z } from 'zod';
import { LockkeeperError } from '../errors.ts';
import { checkSource, placeOf } from '../migration/check-source.ts';
import { configInvalid } from '../migration/errors.ts';
import { nearest } from '../migration/nearest.ts';
import type { Place } from '../migration/problem.ts';
import { readSource } from '../migration/read-source.ts';
import { name } from '../operations/fields.ts';
import { slots } from '../spec/requirements.ts';
import { findConfig } from './find-config.ts';

const postgresUrl = /^postgres(ql)?:\/\//u;

const target = z.strictObject({
  url: z
    .string()
    .min(1)
    .refine((url) => postgresUrl.test(url) || url.startsWith('${'), {
      message: 'Write postgres://user@host:port/database, or ${NAME} for an environment variable.',
    })
    .refine((url) => !/\$\{(?![A-Za-z_][A-Za-z0-9_]*\})/u.test(url), {
      message: 'Between ${ and } stands the name of an environment variable, and nothing else.',
    })
    .meta({ description: 'postgres://user@host:port/database; ${NAME} stands for an environment variable.' }),
  protected: z.boolean().default(false).meta({ description: 'Every phase needs an approval, whatever --yes says.' }),
});

const severity = z.enum(['error', 'warning', 'info']);

const lintSettings = z
  .strictObject({
    pg: z.int().min(10).max(19).optional().meta({ description: 'The server’s major version.' }),
    schema: z.string().optional().meta({ description: 'A file of DDL that is there before the migrations.' }),
    fail_on: severity.optional().meta({ description: 'The least severity that makes `lint` fail.' }),
    rules: z
      .record(z.string(), z.union([severity, z.literal('off')]))
      .default({})
      .meta({ description: 'The severity of rules, or `off`; one that is opt-in is on when it is named.' }),
  })
  .prefault({})
  .meta({ description: 'How `lockkeeper lint` judges migrations.' });

const notionSettings = z
  .strictObject({
    parent: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'The page that plans are created below, by address or id; else beside the specification.' }),
    tasks: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'The task database, by title, address or id; else the only one that is shared.' }),
    sprint: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'The sprint of tasks that have none of their own.' }),
    people: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: 'Ids of users of Notion, by the names that tasks have.' }),
  })
  .prefault({})
  .meta({ description: 'Where plans and tasks go in the workspace `notion`; its token is in NOTION_TOKEN.' });

const specSettings = z
  .strictObject({
    workspace: z
      .string()
      .regex(/^(?:files:.+|notion)$/u, 'Write files:FOLDER or notion.')
      .default('files:docs')
      .meta({ description: 'Where specifications are: files:FOLDER, relative to this file, or notion.' }),
    notion: notionSettings,
    update: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether published pages are updated by themselves after each phase.' }),
    labels: z
      .partialRecord(z.enum(slots), z.array(z.string().min(1)))
      .default({})
      .meta({ description: 'What headings and labels are called in your specifications, by what they are about.' }),
  })
  .prefault({})
  .meta({ description: 'How `lockkeeper spec` finds and reads specifications.' });

const config = z.strictObject({
  $schema: z.string().optional().meta({ description: 'For editors; ignored.' }),
  migrations: z
    .string()
    .min(1)
    .default('migrations')
    .meta({ description: 'The folder of the migrations, relative to this file.' }),
  journal_schema: name
    .refine((schema) => !schema.startsWith('pg_'), 'PostgreSQL keeps names that start with pg_ for itself.')
    .default('lockkeeper')
    .meta({ description: 'The schema in the database in which the journal is kept.' }),
  targets: z
    .record(z.string().regex(/^[A-Za-z0-9_-]+$/u, 'A target’s name has letters, digits, - and _.'), target)
    .default({})
    .meta({ description: 'The databases, by the name that --target takes.' }),
  lint: lintSettings,
  spec: specSettings,
});

/** The configuration as a JSON Schema, for editors. */
export const configJsonSchema = () => ({
  ...z.toJSONSchema(config, { io: 'input' }),
  title: 'Lockkeeper configuration',
});

export interface Target {
  /** As written, `${NAME}` and all. */
  readonly url: string;
  readonly protected: boolean;
  readonly place: Place;
}

export interface Config {
  /** The folder the configuration is in; without one, where it was looked for. */
  readonly root: string;
  /** Absolute; null without a configuration. */
  readonly file: string | null;
  /** Absolute. */
  readonly migrations: string;
  readonly journalSchema: string;
  readonly targets: Readonly<Record<string, Target>>;
  readonly lint: z.output<typeof lintSettings>;
  readonly spec: z.output<typeof specSettings>;
}

/** The project's configuration: the nearest file from `cwd` upwards, or the defaults. */
export async function readConfig({ cwd }: { readonly cwd: string }): Promise<Config> {
  const file = await findConfig(resolve(cwd));
  if (file === null) return toConfig(config.parse({}), resolve(cwd), null, () => ({ file: '', line: 1, column: 1 }));
  const read = await readSource(file, 'config');
  const source = read.readable ? { ...read, value: read.value ?? {} } : read;
  const name = relative(cwd, file);
  const { data, problems } = checkSource(source, config, name);
  if (data === null) throw configInvalid(name, problems);
  return toConfig(data, dirname(file), file, (target) => placeOf(source, name, ['targets', target, 'url']));
}

function toConfig(
  data: z.output<typeof config>,
  root: string,
  file: string | null,
  place: (target: string) => Place,
): Config {
  const targets = Object.entries(data.targets).map(([name, t]) => [name, { ...t, place: place(name) }] as const);
  const { migrations, journal_schema: journalSchema } = data;
  return {
    ...{ root, file, migrations: resolve(root, migrations), journalSchema },
    ...{ targets: Object.fromEntries(targets), lint: data.lint, spec: data.spec },
  };
}

/** A target's connection string, with its environment variables filled in. */
export function resolveTarget({ targets }: Config, wanted: string, env: Readonly<Record<string, string | undefined>>) {
  const target = Object.hasOwn(targets, wanted) ? targets[wanted] : undefined;
  if (!target) throw unknownTarget(wanted, Object.keys(targets));
  const path = `targets.${wanted}.url`;
  const names = [...target.url.matchAll(/\$\{(\w+)\}/gu)].flatMap(([, name]) => name ?? []);
  const missing = [...new Set(names)].filter((name) => !env[name]);
  if (missing.length)
    throw configInvalid(
      target.place.file,
      missing.map((name) => ({
        ...target.place,
        path,
        message: `The environment variable ${name} is not set.`,
        suggestion: `Set ${name}.`,
      })),
    );
  const url = target.url.replace(/\$\{(\w+)\}/gu, (_, name: string) => env[name] ?? '');
  if (!postgresUrl.test(url))
    throw configInvalid(target.place.file, [
      {
        ...target.place,
        path,
        message: 'With its environment variables filled in this is not a postgres:// address.',
        suggestion: `Check ${names.join(' and ')}.`,
      },
    ]);
  return { name: wanted, url, protected: target.protected };
}

const unknownTarget = (wanted: string, known: readonly string[]) => {
  const near = nearest(wanted, known);
  return new LockkeeperError('UNKNOWN_TARGET', {
    message: `There is no target "${wanted}" in the configuration.`,
    hint: known.length ? `It has: ${known.join(', ')}.` : 'It has no targets.',
    fix: near === null ? 'Add it to lockkeeper.yaml under targets, or pass --database-url.' : `Use --target ${near}.`,
  });
};
