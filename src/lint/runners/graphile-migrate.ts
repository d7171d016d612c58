import { byName, isSql, type Runner } from './runner.ts';

/** `committed/000001.sql` and then what is current; each in a transaction, unless it begins with `--! no-transaction`. */
export const graphileMigrate: Runner = {
  name: 'graphile-migrate',
  detect: ({ names }) =>
    ['.gmrc', '.gmrc.js', '../.gmrc', '../.gmrc.js'].some((name) => names.has(name)) ||
    [...names].some((name) => /^committed\/\d+(-[^/]*)?\.sql$/u.test(name)),
  read: (path, text) =>
    isSql(path) && /^(committed\/|current(\.sql$|\/))/u.test(path)
      ? { text, transaction: /^--! no-transaction\b/mu.test(text) ? 'statement' : 'file' }
      : null,
  order: byName,
  wrapping: 'file',
};
