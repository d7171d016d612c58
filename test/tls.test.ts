import { execFile, execFileSync } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../src/database/connect.ts';
import { parseTarget } from '../src/database/target.ts';
import { sql } from '../src/sql/sql.ts';
import { runCli } from './support/cli.ts';
import { withServer, type OwnServer } from './support/server.ts';

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);

/** A certificate authority that signs a certificate for one host name. */
async function certify(
  dir: string,
  name: string,
  host: string,
): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  const file = (what: string) => join(dir, `${name}-${what}`);
  const [ca, caKey, cert, key, request] = [
    file('ca.crt'),
    file('ca.key'),
    file('server.crt'),
    file('server.key'),
    file('request'),
  ];
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    caKey,
    '-out',
    ca,
  );
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${host}`,
    '-addext',
    `subjectAltName=DNS:${host}`,
    '-keyout',
    key,
    '-out',
    request,
  );
  await openssl(
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    cert,
  );
  return { ca, cert, key };
}

const isInstalled = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL');
  } catch {
    return false;
  }
})();

describe.skipIf(!isInstalled && process.env['CI'] === undefined)('TLS', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lockkeeper-tls-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  const withTls = async (work: (server: OwnServer, trusted: string, other: string) => Promise<void>) => {
    const [own, other] = [await certify(dir, 'own', 'localhost'), await certify(dir, 'other', 'localhost')];
    await withServer(
      {
        settings: ['fsync=off', 'ssl=on', `ssl_cert_file=server.crt`, `ssl_key_file=server.key`],
        prepare: async ({ data, account }) => {
          for (const [from, name] of [
            [own.cert, 'server.crt'],
            [own.key, 'server.key'],
          ] as const) {
            await promisify(execFile)('install', ['-m', '600', from, join(data, name)]);
            if (account.uid !== undefined && account.gid !== undefined)
              await chown(join(data, name), account.uid, account.gid);
          }
        },
      },
      (server) => work(server, own.ca, other.ca),
    );
  };

  it(
    'verify-full works with the right authority and host, and says what is wrong with another',
    { timeout: 120_000 },
    () =>
      withTls(async (server, trusted, other) => {
        const url = (host: string, ca: string) =>
          server
            .url('postgres', `sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`)
            .replace('127.0.0.1', host);
        const connect = (host: string, ca: string) => connectTo(parseTarget(url(host, ca)))('executor', 'tls');

        const session = await connect('localhost', trusted);
        expect(await session.query(sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`)).toEqual([
          { ssl: true },
        ]);
        await session.execute(sql`CREATE TABLE public.users (id bigint PRIMARY KEY, email text, preferences jsonb)`);
        await session.close();

        await expect(connect('localhost', other)).rejects.toMatchObject({
          code: 'CONNECTION_FAILED',
          hint: expect.stringMatching(/certificate/) as unknown,
        });
        await expect(connect('127.0.0.1', trusted)).rejects.toMatchObject({
          code: 'CONNECTION_FAILED',
          hint: expect.stringMatching(/127\.0\.0\.1/) as unknown,
        });

        const apply = (host: string, ca: string) =>
          runCli(
            [
              'apply',
              'examples/extract-json/migration.yaml',
              '--to',
              'dual-write',
              '--yes',
              '--database-url',
              url(host, ca),
            ],
            { cwd: process.cwd() },
          );
        const wrong = await apply('localhost', other);
        expect(wrong.code).toBe(1);
        expect(wrong.stderr).toMatch(/Cannot connect[^]*certificate/);
        expect(wrong.stderr).not.toContain(server.password);
        const right = await apply('localhost', trusted);
        expect(right, right.stderr).toMatchObject({ code: 0 });
      }),
  );
});
