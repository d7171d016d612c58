import { byName, isSql, type Runner } from './runner.ts';

/** All statements of a file are sent with the row that notes it, as one transaction. */
export const supabase: Runner = {
  name: 'Supabase',
  detect: ({ path, names }) =>
    /(^|\/)supabase\/migrations\/?$/u.test(path) || (names.has('../seed.sql') && names.has('../config.toml')),
  read: (path, text) => (isSql(path) ? { text } : null),
  order: byName,
  wrapping: 'file',
};
