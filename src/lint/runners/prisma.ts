import { byName, type Runner } from './runner.ts';

/** A folder a migration; each file is sent as one string, which is a transaction when it holds several statements. */
export const prisma: Runner = {
  name: 'Prisma Migrate',
  detect: ({ names }) => names.has('migration_lock.toml') || names.has('../migration_lock.toml'),
  read: (path, text) => (path === 'migration.sql' || path.endsWith('/migration.sql') ? { text } : null),
  order: byName,
  wrapping: 'batch',
};
