import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { parse } from 'pg-connection-string';
import { connectionStringInvalid, severalHosts } from './errors.ts';

/** Where to connect, with nothing left for the driver to look up elsewhere. */
export interface Target {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl: false | ConnectionOptions;
  /** sslmode `prefer` and `allow`: go on without TLS when the server has none. */
  readonly sslOptional?: boolean;
  /** Server settings as `-c name=value`, from `options` in the connection string. */
  readonly options?: string;
  /** For people; never holds the password. */
  readonly description: string;
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Reads postgres://… as libpq would; refuses several hosts. */
export function parseTarget(connectionString: string): Target {
  const [, authority, path = '', rest = ''] =
    /^postgres(?:ql)?:\/\/([^/?#]*)(?:\/([^?#]*))?(.*)$/is.exec(connectionString.trim()) ?? [];
  if (authority === undefined) throw connectionStringInvalid('It does not begin with postgres:// or postgresql://.');
  const query = new URLSearchParams(rest.replace(/^\?/, ''));
  if (rest.startsWith('#') || (!authority.includes('@') && path.includes('@'))) {
    throw connectionStringInvalid('The password contains a character that ends it early.');
  }
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(',') || query.get('host')?.includes(','))
    throw severalHosts();
  return readParameters(authority, decode(path), query);
}

/** Reads libpq's PG… variables, from whatever holds them. */
export function targetFromPgVariables(env: Readonly<Record<string, string | undefined>>): Target {
  if (env['PGHOST']?.includes(',') || env['PGPORT']?.includes(',')) throw severalHosts();
  const variables = {
    host: env['PGHOST'],
    port: env['PGPORT'],
    user: env['PGUSER'],
    password: env['PGPASSWORD'],
    dbname: env['PGDATABASE'],
    sslmode: env['PGSSLMODE'],
    sslrootcert: env['PGSSLROOTCERT'],
  };
  const given = Object.entries(variables).flatMap(([name, value]): [string, string][] =>
    value ? [[name, value]] : [],
  );
  return readParameters('', '', new URLSearchParams(given));
}

function readParameters(authority: string, path: string, query: URLSearchParams): Target {
  const sslMode = takeSslMode(query);
  const parsed = parseWithLibpqMeaning(`postgres://${authority}/?${query.toString()}`);
  const host = parsed.host || 'localhost';
  const port = Number(parsed.port || 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw connectionStringInvalid('The port is not a number from 1 to 65535.');
  const user = parsed.user || systemUser();
  const database = query.get('dbname') ?? (path || user);
  const options = query.get('options');
  return {
    host,
    port,
    user,
    ...(parsed.password && { password: parsed.password }),
    database,
    ssl: host.startsWith('/') || typeof parsed.ssl !== 'object' ? false : (parsed.ssl as ConnectionOptions),
    sslOptional: sslMode === 'prefer',
    ...(options && { options }),
    description: `database "${database}" on ${host}${host.startsWith('/') ? '' : `:${port}`} as user "${user}"`,
  };
}

/** libpq prefers TLS when nothing is said; `allow` differs only in what it tries first. */
function takeSslMode(query: URLSearchParams): string {
  const systemRoots = query.get('sslrootcert') === 'system';
  if (systemRoots) query.delete('sslrootcert');
  const asked =
    query.get('sslmode') ?? (systemRoots ? 'verify-full' : query.get('ssl') === 'true' ? 'require' : 'prefer');
  if (!sslModes.includes(asked)) throw connectionStringInvalid(`sslmode must be one of ${sslModes.join(', ')}.`);
  const mode = asked === 'allow' ? 'prefer' : asked;
  query.delete('ssl');
  query.set('sslmode', mode);
  return mode;
}

function parseWithLibpqMeaning(connectionString: string) {
  try {
    return parse(connectionString, { useLibpqCompat: true });
  } catch (error) {
    throw connectionStringInvalid(error instanceof Error ? error.message : String(error));
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw connectionStringInvalid('The database name holds a % that is not the start of a code such as %20.');
  }
}

/** What libpq takes as user when none is given. A container may run under a number that has no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'postgres';
  }
}
