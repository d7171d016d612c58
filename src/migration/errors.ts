import { LockkeeperError } from '../errors.ts';
import { problemLine, type Problem } from './problem.ts';

const mistakes = (problems: readonly Problem[]) =>
  `${problems.length === 1 ? 'one mistake' : `${problems.length} mistakes`}:\n${problems
    .map((p) => `  ${problemLine(p)}`)
    .join('\n')}`;

export const migrationInvalid = (file: string, problems: readonly Problem[]) =>
  new LockkeeperError('MIGRATION_INVALID', {
    message: `${file} has ${mistakes(problems)}`,
    hint: 'Nothing was planned or run. A migration is read as a whole, and every mistake in it is listed.',
    fix: `Correct the file, then: lockkeeper validate ${file}`,
    details: { problems },
  });

export const configInvalid = (file: string, problems: readonly Problem[]) =>
  new LockkeeperError('CONFIG_INVALID', {
    message: `${file} has ${mistakes(problems)}`,
    hint: 'The configuration is read as a whole, and every mistake in it is listed.',
    fix: 'Correct the file.',
    details: { problems },
  });

export const fileNotReadable = (file: string, cause: unknown) =>
  new LockkeeperError('FILE_NOT_FOUND', {
    message: `${file} cannot be read.`,
    hint: cause instanceof Error && 'code' in cause ? `The system says ${String(cause.code)}.` : 'It may not exist.',
    fix: 'Correct the path, or run lockkeeper in the project’s folder.',
    cause,
  });

/** It would be waited for: for as long as nobody writes there. */
export const notAFile = (path: string) =>
  new LockkeeperError('FILE_NOT_FOUND', {
    message: `${path} is no file.`,
    hint: 'It is a pipe, a socket or a device, which may have no end.',
    fix: 'Name a file or a folder; what a command prints comes by --exec or --stdin.',
  });

export const fileKindUnknown = (file: string) =>
  new LockkeeperError('USAGE', {
    message: `${file} is of a kind that is not read here.`,
    hint: 'The end of the name says what a file holds: .yaml, .yml, .json, .ts, .mts, .js or .mjs.',
    fix: 'Rename the file.',
  });

export const migrationNotFound = (wanted: string, directory: string, near: readonly string[]) =>
  new LockkeeperError('MIGRATION_NOT_FOUND', {
    message: `There is no migration "${wanted}".`,
    hint: near.length
      ? `Did you mean ${near.map((n) => `"${n}"`).join(' or ')}?`
      : `It is neither a file nor the name of a migration in ${directory}.`,
    fix: 'List them with `lockkeeper status`, or start one with `lockkeeper new NAME`.',
    details: { near },
  });

export const followUpNotFound = (parent: string, suffix: string, known: readonly string[]) =>
  new LockkeeperError('MIGRATION_NOT_FOUND', {
    message: `The migration "${parent}" is not followed by "${parent}/${suffix}".`,
    hint: known.length
      ? `It is followed by ${known.map((s) => `"${parent}/${s}"`).join(', ')}.`
      : 'None of its operations asks for a second migration.',
    fix: `Use "${parent}".`,
    details: { near: known.map((s) => `${parent}/${s}`) },
  });

export const migrationAmbiguous = (wanted: string, paths: readonly string[]) =>
  new LockkeeperError('USAGE', {
    message: `The name "${wanted}" fits more than one file: ${paths.join(', ')}.`,
    hint: 'A name must mean one migration, or the wrong one could run.',
    fix: 'Rename one of them, or give the path.',
    details: { paths },
  });
