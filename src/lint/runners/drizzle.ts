import { byName, isSql, type Runner } from './runner.ts';

const journal = 'meta/_journal.json';

/** All that is pending is run in one transaction. */
export const drizzle: Runner = {
  name: 'Drizzle Kit',
  detect: ({ names }) =>
    names.has(journal) || [...names].some((name) => /(^|\/)\d+_[^/]*\/snapshot\.json$/u.test(name)),
  read: (path, text, { texts }) => {
    if (!isSql(path) || path.endsWith('.down.sql')) return null;
    const version = timeOf(path.replace(/\.sql$/iu, ''), texts.get(journal));
    return { text, ...(version !== undefined && { version }) };
  },
  order: byName,
  wrapping: 'file',
};

/** When it was made, which is how it is noted. */
function timeOf(tag: string, text = ''): string | undefined {
  try {
    const { entries } = JSON.parse(text) as { entries: readonly { tag: string; when: number }[] };
    return entries.find((entry) => entry.tag === tag)?.when.toString();
  } catch {
    return undefined; // it is no journal
  }
}
