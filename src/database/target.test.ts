import { describe, expect, it } from 'vitest';
import { LockkeeperError } from '../errors.ts';
import { parseTarget, targetFromPgVariables } from './target.ts';

describe('parseTarget', () => {
  it('reads every part, percent codes included', () => {
    expect(parseTarget('postgres://ada:p%40ss%2Fword@db.internal:6432/my%2Fshop?sslmode=disable')).toEqual({
      host: 'db.internal',
      port: 6432,
      user: 'ada',
      password: 'p@ss/word',
      database: 'my/shop',
      ssl: false,
      sslOptional: false,
      description: 'database "my/shop" on db.internal:6432 as user "ada"',
    });
  });

  it.each([
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/d', '/var/run/postgresql'],
    ['postgres://u@/d?host=/tmp', '/tmp'],
    ['postgresql://u@[::1]/d', '::1'],
    ['postgres:///d', 'localhost'],
  ])('finds the host in %s', (text, host) => {
    expect(parseTarget(text)).toMatchObject({ host, port: 5432, database: 'd' });
  });

  it('gives sslmode its libpq meaning', () => {
    const ssl = (query: string) => parseTarget(`postgres://u@h/d${query}`).ssl;
    expect(ssl('?sslmode=disable')).toBe(false);
    expect(ssl('?sslmode=require')).toEqual({ rejectUnauthorized: false });
    expect(ssl('?sslmode=verify-full')).toEqual({});
    expect(ssl('?sslrootcert=system')).toEqual({});
    expect(parseTarget('postgres://u@h/d')).toMatchObject({ ssl: { rejectUnauthorized: false }, sslOptional: true });
  });

  it('never uses TLS on a Unix socket', () => {
    expect(parseTarget('postgres://u@/d?host=/tmp&sslmode=require').ssl).toBe(false);
  });

  it.each([
    'postgres://u@a,b/d',
    'postgres://u@a:1,b:2/d',
    'postgres://u@/d?host=a,b',
    'postgres://u:sec/ret@h/d',
    'postgres://u:sec#ret@h/d',
    'postgres://u:secret@h:port/d',
    'postgres://u:secret@h/d?sslmode=maybe',
    'postgres://u:secret@h/d?sslmode=verify-ca',
    'postgres://u:secret@h/d?sslrootcert=/missing&sslmode=verify-full',
    'host=h password=secret',
  ])('refuses %s without repeating it', (text) => {
    const error = errorOf(() => parseTarget(text));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message + error.hint + error.fix).not.toMatch(/secret|sec\/|sec#/);
  });
});

describe('targetFromPgVariables', () => {
  it('reads what psql would', () => {
    const env = { PGHOST: '/tmp', PGPORT: '5433', PGUSER: 'a b', PGPASSWORD: 'p+%&', PGDATABASE: 'd/é' };
    expect(targetFromPgVariables(env)).toMatchObject({
      host: '/tmp',
      port: 5433,
      user: 'a b',
      password: 'p+%&',
      database: 'd/é',
    });
  });

  it('takes the user as database, as psql does', () => {
    expect(targetFromPgVariables({ PGUSER: 'ada' })).toMatchObject({ host: 'localhost', user: 'ada', database: 'ada' });
  });

  it('refuses several hosts', () => {
    expect(errorOf(() => targetFromPgVariables({ PGHOST: 'a,b' })).message).toContain('more than one host');
  });
});

function errorOf(work: () => unknown): LockkeeperError {
  try {
    work();
  } catch (error) {
    if (error instanceof LockkeeperError) return error;
  }
  throw new Error('It did not refuse.');
}
