import { baseName, byName, isSql, type Runner } from './runner.ts';

/** A folder of SQL files that somebody runs in the order of their names, statement by statement, as psql does. */
export const plain: Runner = {
  name: 'plain SQL files',
  detect: () => true,
  read: (path, text) =>
    isSql(path) && !/(^|[._-])(down|undo|rollback)\.sql$/iu.test(baseName(path)) ? { text } : null,
  order: byName,
  wrapping: 'statement',
};
