import { baseName, byName, type Folder, isPython, type Read, type Runner } from './runner.ts';

const migration = /\bclass\s+Migration\s*\(\s*(?:migrations\.)?Migration\s*\)/u;

/** `app/migrations/0001_name.py`, each in a transaction unless it says `atomic = False`. */
export const django: Runner = {
  name: 'Django',
  detect: ({ texts }) => [...texts].some(([path, text]) => isMigration(path, text)),
  read: async (path, text, folder) => {
    if (!isMigration(path, text)) return null;
    const files = known.get(folder) ?? readAll(folder);
    known.set(folder, files);
    return (await files).get(path) ?? null;
  },
  order: byName,
  wrapping: 'file',
};

const isMigration = (path: string, text: string): boolean => isPython(path) && migration.test(text);

/** What was read of a folder: all of it at once, since earlier files say what the models of later ones are. */
const known = new WeakMap<Folder, Promise<ReadonlyMap<string, Read>>>();

async function readAll(folder: Folder): Promise<ReadonlyMap<string, Read>> {
  const [{ readPython }, { djangoSteps }, { DjangoModels }, { asRead }, { isFalse }] = await Promise.all([
    import('./script/python.ts'),
    import('./script/django-steps.ts'),
    import('./script/django-models.ts'),
    import('./script/steps.ts'),
    import('./script/value.ts'),
  ]);
  const app = labelOf(folder) ?? appOf(folder.path);
  const models = new DjangoModels(app);
  const files = byName([...folder.texts.keys()]).flatMap((path): readonly (readonly [string, Read])[] => {
    const text = folder.texts.get(path) ?? '';
    if (!isMigration(path, text)) return [];
    const script = readPython(text);
    const bare = isFalse(script.assigned.get('atomic'));
    const read = asRead(text, script, djangoSteps(script, models), { language: 'Python', bare });
    return [[path, { ...read, version: `${app}.${baseName(path).replace(/\.py$/u, '')}` }]];
  });
  return new Map(files);
}

/** What the migrations call the app they depend on that has migrations of these names; every app has a `0001_initial`. */
function labelOf({ names, texts }: Folder): string | null {
  const own = new Map<string, number>();
  for (const [path, text] of texts)
    if (isMigration(path, text))
      for (const [, label = '', name = ''] of text.matchAll(/\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*,?\s*\)/gu))
        if (name !== '0001_initial' && names.has(`${name}.py`)) own.set(label, (own.get(label) ?? 0) + 1);
  const [first] = [...own].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

/** `shop` of `shop/migrations`: what the names of tables begin with. */
const appOf = (path: string): string => /([^/]+)\/migrations\/?$/u.exec(path)?.[1] ?? '';
