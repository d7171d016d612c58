import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unreadable, type Flaw, type Source } from './source.ts';

/** What a TypeScript or JavaScript file exports as default, or under `name`. Runs the file. */
export async function loadModule(path: string, text: string, name: string): Promise<Source> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(path, { fsCache: false, moduleCache: false, interopDefault: false, alias: ownPackage(path) });
  try {
    const loaded = await jiti.import<Record<string, unknown>>(path);
    const exported = loaded[name] ?? loaded['default'];
    if (exported === undefined) return unreadable(text, [nothingExported(name)]);
    return { text, value: asData(exported), readable: true, flaws: [], offsetOf: () => 0 };
  } catch (error) {
    return unreadable(text, [thrown(path, text, error)]);
  }
}

/** What is read is stored as JSON, so it must survive that; what cannot throws. */
const asData = (exported: unknown): unknown => {
  const json = JSON.stringify(exported) as string | undefined;
  return json === undefined ? null : JSON.parse(json);
};

const nothingExported = (name: string): Flaw => ({
  offset: 0,
  message: `The file exports neither a default nor \`${name}\`.`,
  suggestion: `Write \`export const ${name} = …\`.`,
});

/** `import … from 'lockkeeper'` works also where it is not installed, as with npx. */
function ownPackage(path: string): Record<string, string> {
  try {
    createRequire(path).resolve('lockkeeper');
    return {};
  } catch {
    // from this folder, and from dist/chunks once it is built
    return { lockkeeper: fileURLToPath(new URL('../migration/define-migration', import.meta.url)) };
  }
}

function thrown(path: string, text: string, error: unknown): Flaw {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const [, rest = ''] = `${message}\n${stack}`.split(`${basename(path)}:`);
  const [, line = 1, column = 1] = /^(\d+):(\d+)/u.exec(rest) ?? [];
  const before = text.split('\n').slice(0, Number(line) - 1);
  return {
    offset: before.reduce((sum, l) => sum + l.length + 1, 0) + Number(column) - 1,
    message: `The file cannot be loaded: ${message.split('\n')[0] ?? ''}`,
    suggestion: null,
  };
}
