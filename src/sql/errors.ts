import { LockkeeperError } from '../errors.ts';

export const identifierTooLong = (name: string) =>
  new LockkeeperError('IDENTIFIER_TOO_LONG', {
    message: `The name "${name}" is longer than 63 bytes.`,
    hint: 'PostgreSQL would cut it short without a warning, and two names could collide.',
    fix: 'Choose a shorter name in the migration file.',
  });

export const zeroByte = () =>
  new LockkeeperError('ZERO_BYTE', {
    message: 'A name or value contains a zero byte.',
    hint: 'PostgreSQL cannot store the character U+0000.',
    fix: 'Remove it from the migration file.',
  });

export const expressionInvalid = (text: string, where: string, why: string) =>
  new LockkeeperError('EXPRESSION_INVALID', {
    message: `The expression of ${where} cannot be used: ${text}`,
    hint: `It must be one SQL expression over the row's own columns, and ${why}.`,
    fix: 'Correct the expression in the migration.',
  });
