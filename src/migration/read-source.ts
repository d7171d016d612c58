import { extname } from 'node:path';
import { fileKindUnknown } from './errors.ts';
import { loadModule } from './load-module.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import { readText } from './read-text.ts';
import { unreadable, type Source } from './source.ts';

/** The ends of names that can hold a document, in the order they are looked for. */
export const extensions = ['.yaml', '.yml', '.json', '.ts', '.mts', '.js', '.mjs'];

export const isModule = (path: string): boolean => /\.m?[jt]s$/u.test(path);

/** What a file holds; of a module, its default export or the one called `exportName`. */
export async function readSource(path: string, exportName: string): Promise<Source> {
  const extension = extname(path);
  if (!extensions.includes(extension)) throw fileKindUnknown(path);
  const { text, flaw } = await readText(path);
  if (flaw) return unreadable(text, [flaw]);
  if (isModule(path)) return loadModule(path, text, exportName);
  return extension === '.json' ? parseJson(text) : parseYaml(text);
}
