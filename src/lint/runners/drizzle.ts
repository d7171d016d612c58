import { byName, isSql, type Runner } from './runner.ts';

/** All that is pending is run in one transaction. */
export const drizzle: Runner = {
  name: 'Drizzle Kit',
  detect: ({ names }) =>
    names.has('meta/_journal.json') || [...names].some((name) => /(^|\/)\d+_[^/]*\/snapshot\.json$/u.test(name)),
  read: (path, text) => (isSql(path) && !path.endsWith('.down.sql') ? { text } : null),
  order: byName,
  wrapping: 'file',
};
