import { rawStatements } from '../statement.ts';
import { isRefused } from '../no-transaction.ts';
import type { Wrapping } from '../rule.ts';
import { baseName, compareNames, type Folder, type Runner } from './runner.ts';

const pattern = /^(?:([VB])([\d._]+)|R)__.+\.sql$/u;

/** `V1__name.sql` in the order of versions, then `R__name.sql`; a file that holds only what no transaction allows gets none. */
export const flyway: Runner = {
  name: 'Flyway',
  detect: ({ names }) => [...names].some((name) => pattern.test(baseName(name))),
  read: (path, text, folder) => {
    if (!pattern.test(baseName(path))) return null;
    const sql = withoutPlaceholders(text);
    const version = pattern.exec(baseName(path))?.[2]?.replaceAll('_', '.');
    return { text: sql, transaction: wrappingOf(path, sql, folder), ...(version !== undefined && { version }) };
  },
  order: (paths) => [...paths].sort((a, b) => rank(a) - rank(b) || compareNames(versionOf(a), versionOf(b))),
  wrapping: 'file',
};

const rank = (path: string): number => (baseName(path).startsWith('R') ? 1 : 0);

const versionOf = (path: string): string => {
  const name = baseName(path);
  return pattern.exec(name)?.[2]?.replaceAll('_', '.') ?? name;
};

function wrappingOf(path: string, sql: string, { texts }: Folder): Wrapping {
  const setting = /^\s*executeInTransaction\s*=\s*(\w+)/mu.exec(texts.get(`${path}.conf`) ?? '')?.[1];
  if (setting !== undefined) return setting === 'false' ? 'statement' : 'file';
  try {
    const nodes = rawStatements(sql).flatMap(({ stmt }) => stmt ?? []);
    return nodes.length > 0 && nodes.every(isRefused) ? 'statement' : 'file';
  } catch {
    return 'file'; // what does not parse is reported when it is linted
  }
}

/** `${schema}` as a name of the same length. */
const withoutPlaceholders = (text: string): string =>
  text.replaceAll(/\$\{([\w:.-]+)\}/gu, (_, name: string) => `p_${name.replaceAll(/\W/gu, '_')}_`);
