import { byName, isScript, type Runner } from './runner.ts';
import { literalSql } from './script.ts';

/** Scripts; of those what stands in knex.raw() as it is. */
export const knex: Runner = {
  name: 'Knex',
  detect: ({ texts }) =>
    [...texts].some(([path, text]) => isScript(path) && /\bknex\b/iu.test(text) && /\bup\b/u.test(text)),
  read: (path, text) => {
    if (!isScript(path)) return null;
    const bare = /\bconfig\b[^=]*=\s*\{[^}]*\btransaction\s*:\s*false/u.test(text);
    return { text: literalSql(text, /\.\s*raw\s*\(\s*/gu), transaction: bare ? 'statement' : 'file' };
  },
  order: byName,
  wrapping: 'file',
};
