import { byName, type Runner } from './runner.ts';

/** `1_name.up.sql` and `1_name.down.sql`; a file is sent as one string. */
export const golangMigrate: Runner = {
  name: 'golang-migrate',
  detect: ({ names }) => [...names].some((name) => /(^|\/)\d+_[^/]*\.up\.sql$/u.test(name)),
  read: (path, text) => (path.endsWith('.up.sql') ? { text } : null),
  order: byName,
  wrapping: 'batch',
};
