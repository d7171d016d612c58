import { baseName, byName, isSql, type Runner } from './runner.ts';

/** Beside `deploy` there are `revert` and `verify`, which are not run on the way up. The scripts begin their transactions themselves. */
export const sqitch: Runner = {
  name: 'Sqitch',
  detect: ({ names }) => names.has('../sqitch.plan'),
  read: (path, text, folder) =>
    isSql(path) && baseName(folder.path) === 'deploy' ? { text, version: path.replace(/\.sql$/iu, '') } : null,
  order: (paths, { texts }) => {
    const planned = scriptsOf(texts.get('../sqitch.plan') ?? '').filter((path) => paths.includes(path));
    return [...planned, ...byName(paths.filter((path) => !planned.includes(path)))];
  },
  wrapping: 'statement',
};

/** The scripts of a plan in its order; a change that is made anew later keeps its first script by the tag after it. */
function scriptsOf(plan: string): readonly string[] {
  const entries = plan.split('\n').flatMap((line) => /^\s*[+]?\s*([^\s%#[-][^\s#]*)/u.exec(line)?.[1] ?? []);
  return entries.flatMap((name, i) => {
    if (name.startsWith('@')) return [];
    const later = entries.slice(i + 1);
    const tag = later.includes(name) ? later.find((other) => other.startsWith('@')) : undefined;
    return [`${name}${tag ?? ''}.sql`];
  });
}
