import type { LockkeeperError } from '../errors.ts';
import type { ErrorDocument } from './document-schemas.ts';
import { noPaint, type Paint } from './text.ts';

/** `error CODE: what`, why, and what to type next. */
export const renderError = ({ code, message, hint, fix }: LockkeeperError, paint: Paint = noPaint): string =>
  [`${paint.red(`error ${code}:`)} ${steady(message)}`, ...indented(hint), ...indented(fix)].join('\n');

/** The same for programs. */
export const errorDocument = ({ code, message, hint, fix, details }: LockkeeperError): ErrorDocument => ({
  schema: 'lockkeeper.error/1',
  code,
  message,
  hint,
  fix,
  details,
});

const indented = (text: string): string[] =>
  text
    ? steady(text)
        .split('\n')
        .map((line) => `  ${line}`)
    : [];

/** Lists of mistakes have a line each; nothing else may steer the terminal. */
const steady = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, '\u{fffd}');
