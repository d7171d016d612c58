import { byName, isPython, type Runner } from './runner.ts';

const revision = /^revision\s*(?::[^=\n]+)?=\s*['"]([^'"]+)['"]/mu;
const before = /^down_revision\s*(?::[^=\n]+)?=\s*(.+)$/mu;

/** The revision that a script makes; undefined when it is none. */
export const revisionOf = (text: string): string | undefined => revision.exec(text)?.[1];

/** The revisions before it. */
export const parentsOf = (text: string): readonly string[] =>
  [...(before.exec(text)?.[1] ?? '').matchAll(/['"]([^'"]+)['"]/gu)].map(([, name = '']) => name);

/** `versions/*.py`, chained by their revisions; one transaction around what is pending, but for autocommit blocks. */
export const alembic: Runner = {
  name: 'Alembic',
  detect: ({ texts }) =>
    [...texts].some(([path, text]) => isPython(path) && revision.test(text) && /\bdef upgrade\b/u.test(text)),
  read: async (path, text) => {
    if (!isPython(path) || !revision.test(text)) return null;
    const [{ readPython }, { alembicSteps }, { asRead }] = await Promise.all([
      import('./script/python.ts'),
      import('./script/alembic-steps.ts'),
      import('./script/steps.ts'),
    ]);
    const script = readPython(text);
    return asRead(text, script, alembicSteps(script), { language: 'Python', bare: false });
  },
  order: (paths, { texts }) => chained(byName(paths), (path) => texts.get(path) ?? ''),
  wrapping: 'file',
};

/** Each behind those it names. */
function chained(paths: readonly string[], textOf: (path: string) => string): readonly string[] {
  const byRevision = new Map(paths.map((path) => [revisionOf(textOf(path)) ?? path, path]));
  const ordered = new Set<string>();
  const visiting = new Set<string>();
  const visit = (path: string) => {
    if (visiting.has(path)) return; // done, or a circle
    visiting.add(path);
    for (const name of parentsOf(textOf(path))) {
      const earlier = byRevision.get(name);
      if (earlier !== undefined) visit(earlier);
    }
    ordered.add(path);
  };
  paths.forEach(visit);
  return [...ordered];
}
