import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configInvalid } from '../migration/errors.ts';

/** What the file may be called, in the folder it is for. */
export const configFileNames = ['yaml', 'yml', 'json', 'ts', 'mts'].map((extension) => `lockkeeper.${extension}`);

/** The nearest configuration from a folder upwards. */
export async function findConfig(folder: string): Promise<string | null> {
  const here = await Promise.all(configFileNames.map((name) => exists(join(folder, name))));
  const [found, second] = configFileNames.filter((_, i) => here[i]).map((name) => join(folder, name));
  if (found && second) throw twoConfigs(found, second);
  if (found) return found;
  return dirname(folder) === folder ? null : findConfig(dirname(folder));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const twoConfigs = (first: string, second: string) =>
  configInvalid(first, [
    {
      file: second,
      line: 1,
      column: 1,
      path: '',
      message: `There is a second configuration beside ${first}.`,
      suggestion: 'Keep one of the two.',
    },
  ]);
