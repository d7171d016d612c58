import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { conceal } from './conceal.ts';

const databaseError = (message: string, fields: Partial<pg.DatabaseError>) =>
  Object.assign(new pg.DatabaseError(message, message.length, 'error'), fields);

const messageOf = (message: string, code: string) => {
  const error = databaseError(message, { code });
  conceal(error);
  return error.message;
};

describe('conceal', () => {
  it.each([
    [
      'invalid input syntax for type integer: "ten"',
      'invalid input syntax for type integer: (a value of 3 characters)',
    ],
    [
      'value "99999999999" is out of range for type integer',
      'value (a value of 11 characters) is out of range for type integer',
    ],
    ['invalid input value for enum mood: "a"b"\n"', 'invalid input value for enum mood: (a value of 5 characters)'],
    ['malformed array literal: "🙂"', 'malformed array literal: (a value of 1 character)'],
    ['division by zero', 'division by zero'],
    [
      'ungültige Eingabesyntax für Typ integer: »zehn«',
      'ungültige Eingabesyntax für Typ integer: (a value of 4 characters)',
    ],
    [
      'syntaxe en entrée invalide pour le type integer : « dix »',
      'syntaxe en entrée invalide pour le type integer : (a value of 5 characters)',
    ],
  ])('replaces the value in: %s', (message, concealed) => {
    expect(messageOf(message, '22P02')).toBe(concealed);
  });

  it('takes a value of hundreds of megabytes', () => {
    const message = `invalid input syntax for type integer: "${'x'.repeat(2 ** 28)}"`;
    expect(messageOf(message, '22P02')).toBe(
      'invalid input syntax for type integer: (a value of 268435456 characters)',
    );
  });

  it('keeps the names of objects', () => {
    const message = 'duplicate key value violates unique constraint "users_email_key"';
    expect(messageOf(message, '23505')).toBe(message);
  });

  it('keeps what names an object and drops what holds values, the stack included', () => {
    const error = databaseError('invalid input syntax for type integer: "secret"', {
      code: '22P02',
      detail: 'Key (email)=(secret) already exists.',
      where: 'unnamed portal parameter $1 = secret',
      internalQuery: "SELECT 'secret'",
      table: 'users',
      column: 'email',
      constraint: 'users_email_key',
      position: '8',
    });
    expect(conceal(error)).toBe(error);
    expect(error).toMatchObject({
      code: '22P02',
      table: 'users',
      column: 'email',
      constraint: 'users_email_key',
      position: '8',
    });
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('secret');
  });

  it('shows nothing of what a function raised, whatever SQLSTATE it chose', () => {
    const error = databaseError('ada@example.org is taken', {
      code: '23505',
      routine: 'exec_stmt_raise',
      hint: 'not ada@example.org',
      constraint: 'ada',
      column: 'ada',
    });
    conceal(error);
    expect(JSON.stringify(error) + error.message).not.toContain('ada');
  });

  it('shows no name that a function may have made of a value', () => {
    const error = databaseError('column "ada" does not exist', { code: '42703', internalQuery: 'SELECT "ada"' });
    conceal(error);
    expect(error.message).not.toContain('ada');
  });

  it('leaves other errors alone', () => {
    const error = new TypeError('"x" is not a function');
    expect(conceal(error)).toBe(error);
    expect(error.message).toBe('"x" is not a function');
  });
});
