import { baseName, byName, isSql, type Runner } from './runner.ts';

/** Beside `deploy` there are `revert` and `verify`, which are not run on the way up. The scripts begin their transactions themselves. */
export const sqitch: Runner = {
  name: 'Sqitch',
  detect: ({ names }) => names.has('../sqitch.plan'),
  read: (path, text, folder) => (isSql(path) && baseName(folder.path) === 'deploy' ? { text } : null),
  order: byName,
  wrapping: 'statement',
};
