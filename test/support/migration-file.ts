import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A migration of one operation, in a file of its own. */
export async function written(name: string, operation: string, more = ''): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'lockkeeper-')), `${name}.yaml`);
  await writeFile(file, `version: 1\nname: ${name}\n${more}operations:\n  - ${operation}\n`);
  return file;
}
