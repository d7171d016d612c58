import { baseName, byName, isPython, type Runner } from './runner.ts';

const migration = /\bclass\s+Migration\s*\(\s*(?:migrations\.)?Migration\s*\)/u;

/** `app/migrations/0001_name.py`, each in a transaction unless it says `atomic = False`. */
export const django: Runner = {
  name: 'Django',
  detect: ({ texts }) => [...texts].some(([path, text]) => isPython(path) && migration.test(text)),
  read: async (path, text, folder) => {
    if (!isPython(path) || !migration.test(text)) return null;
    const [{ readPython }, { djangoSteps }, { asRead }, { isFalse }] = await Promise.all([
      import('./script/python.ts'),
      import('./script/django-steps.ts'),
      import('./script/steps.ts'),
      import('./script/value.ts'),
    ]);
    const script = readPython(text);
    const bare = isFalse(script.assigned.get('atomic'));
    const app = appOf(folder.path);
    const read = asRead(text, script, djangoSteps(script, app), { language: 'Python', bare });
    return { ...read, version: `${app}.${baseName(path).replace(/\.py$/u, '')}` };
  },
  order: byName,
  wrapping: 'file',
};

/** `shop` of `shop/migrations`: what the names of tables begin with. */
const appOf = (path: string): string => /([^/]+)\/migrations\/?$/u.exec(path)?.[1] ?? '';
