import { CommanderError } from 'commander';
import { mayNot } from '../app/errors.ts';
import { sqlState } from '../database/sqlstate.ts';
import { LockkeeperError } from '../errors.ts';
import { errorDocument, renderError } from '../report/render-error.ts';
import { unexpected, usage } from './errors.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** Ends a command that failed: what, why and what to type next on stderr, and as JSON on stdout when that was asked for. */
export function reportFailure(
  error: unknown,
  { argv, command }: { readonly argv: readonly string[]; readonly command: string },
  { out, err, exit, errPaint }: Terminal,
): void {
  if (error instanceof CommanderError && error.exitCode === 0) return; // --help and --version
  if (error instanceof CommanderError && error.code === 'commander.help') return exit(EXIT.usage); // help is shown already
  const failure = withoutPasswords(toFailure(error, command), argv);
  err(renderError(failure, errPaint));
  if (wantsJson(argv)) out(JSON.stringify(errorDocument(failure)));
  exit(failure.code === 'INTERRUPTED' ? EXIT.interrupted : failure.exitCode);
}

function toFailure(error: unknown, command: string): LockkeeperError {
  if (error instanceof LockkeeperError) return error;
  if (error instanceof CommanderError) return notUnderstood(error, command);
  return error instanceof Error && sqlState(error) === '42501' ? mayNot(error) : unexpected(error);
}

/** Commander writes `error: what` and, when it has one, `(Did you mean that?)`. */
function notUnderstood({ message }: CommanderError, command: string): LockkeeperError {
  const [what = '', ...suggestion] = message.replace(/^error: /u, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/u, '')}.`;
  return usage(
    sentence,
    `${command} --help`,
    suggestion.join(' ').replace(/^\((.*)\)$/u, '$1') || 'The command was not understood, so nothing was done.',
  );
}

/** A connection string that was typed in the wrong place is quoted as what it was taken for. */
function withoutPasswords(failure: LockkeeperError, argv: readonly string[]): LockkeeperError {
  const passwords = argv.flatMap((word) => /:\/\/[^:@/]*(:.+@)|[?&](password=[^&#]+)/u.exec(word)?.slice(1) ?? []);
  const hide = (text: string) =>
    passwords
      .filter(Boolean)
      .reduce(
        (shown, password) => shown.replaceAll(password, password.startsWith(':') ? ':***@' : 'password=***'),
        text,
      );
  if (!passwords.length) return failure;
  const { code, message, hint, fix, cause, details } = failure;
  return new LockkeeperError(code, { message: hide(message), hint: hide(hint), fix: hide(fix), cause, details });
}

/** Known before the command line is parsed, because a mistake in it is an answer too. */
const wantsJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, i) => word === '--json' || word === '--format=json' || (word === '--format' && argv[i + 1] === 'json'),
  );
