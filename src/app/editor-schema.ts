import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { migrationJsonSchema } from '../migration/json-schema.ts';
import { configJsonSchema } from './config.ts';

const schemas: Record<'migration' | 'config', () => unknown> = {
  migration: migrationJsonSchema,
  config: configJsonSchema,
};

/** The comment that tells an editor where the schema is: the installed package’s, or a copy in the project’s .lockkeeper folder. */
export async function editorLine(kind: keyof typeof schemas, file: string, root: string): Promise<string> {
  const name = `${kind}.schema.json`;
  const schema = (await installed(root, name)) ?? (await copy(kind, join(root, '.lockkeeper', name)));
  const path = relative(dirname(file), schema).split(sep).join('/');
  return `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}`;
}

async function installed(folder: string, name: string): Promise<string | null> {
  const path = join(folder, 'node_modules', 'lockkeeper', 'schemas', name);
  const found = await access(path).then(
    () => true,
    () => false,
  );
  if (found) return path;
  return dirname(folder) === folder ? null : installed(dirname(folder), name);
}

async function copy(kind: keyof typeof schemas, path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(schemas[kind](), null, 2)}\n`);
  return path;
}
