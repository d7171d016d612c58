import { LockkeeperError } from '../errors.ts';

export const usage = (message: string, fix: string, hint = 'The command was not understood, so nothing was done.') =>
  new LockkeeperError('USAGE', { message, hint, fix });

export const noTarget = (targets: readonly string[]) =>
  new LockkeeperError('NO_TARGET', {
    message: 'No database was named.',
    hint: 'Neither --target, nor --database-url, nor DATABASE_URL, nor PGHOST or PGDATABASE says which one, and it is never guessed.',
    fix: targets.length
      ? `Name one: --target ${targets.join(' or --target ')}`
      : 'Name one: --database-url postgres://user@host:5432/database',
  });

/** Whatever else goes wrong: an error of the server, the system, or ourselves. */
export const unexpected = (cause: unknown) =>
  new LockkeeperError('UNEXPECTED', {
    message: cause instanceof Error ? cause.message : String(cause),
    hint: `${stateOf(cause)}It is not one of the failures this program knows.`,
    fix: 'If nothing above explains it, report it with the command that was typed.',
    cause,
  });

const stateOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `Its code is ${cause.code}. ` : '';
