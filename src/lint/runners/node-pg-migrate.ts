import { between, byName, isScript, isSql, only, type Runner } from './runner.ts';
import { literalSql } from './script.ts';

const up = /^\s*--[\s-]*up\s+migration[^\n]*$/imu;
const down = /^\s*--[\s-]*down\s+migration/imu;

/** SQL files with `-- Up Migration` and `-- Down Migration`, or scripts that call pgm.sql(). */
export const nodePgMigrate: Runner = {
  name: 'node-pg-migrate',
  detect: ({ texts }) =>
    [...texts].some(([path, text]) => (isSql(path) ? up.test(text) : isScript(path) && /\bpgm\./u.test(text))),
  read: (path, text) => {
    if (isSql(path)) {
      const part = between(text, up, down);
      return { text: part ? only(text, part) : text };
    }
    if (!isScript(path)) return null;
    const bare = /\bnoTransaction\s*\(/u.test(text);
    return { text: literalSql(text, /\bpgm\s*\.\s*sql\s*\(\s*/gu), transaction: bare ? 'statement' : 'file' };
  },
  order: byName,
  wrapping: 'file',
};
