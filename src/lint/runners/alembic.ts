import { byName, isPython, type Runner } from './runner.ts';

const revision = /^revision\s*(?::[^=\n]+)?=\s*['"]([^'"]+)['"]/mu;
const before = /^down_revision\s*(?::[^=\n]+)?=\s*(.+)$/mu;

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
  const byRevision = new Map(paths.map((path) => [revision.exec(textOf(path))?.[1] ?? path, path]));
  const ordered = new Set<string>();
  const visiting = new Set<string>();
  const visit = (path: string) => {
    if (visiting.has(path)) return; // done, or a circle
    visiting.add(path);
    const named = before.exec(textOf(path))?.[1] ?? '';
    for (const [, name = ''] of named.matchAll(/['"]([^'"]+)['"]/gu)) {
      const earlier = byRevision.get(name);
      if (earlier !== undefined) visit(earlier);
    }
    ordered.add(path);
  };
  paths.forEach(visit);
  return [...ordered];
}
