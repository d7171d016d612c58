import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { editorLine } from './editor-schema.ts';
import { configFileNames } from './find-config.ts';
import { fileExists, writeNewFile } from './write-new-file.ts';

export interface InitResult {
  readonly schema: 'lockkeeper.init/1';
  /** Absolute. */
  readonly config: string;
  readonly migrations: string;
}

/** Makes a folder a project: its configuration and a place for migrations. */
export async function init({
  cwd,
  force = false,
}: {
  readonly cwd: string;
  readonly force?: boolean;
}): Promise<InitResult> {
  const [root, config] = [resolve(cwd), join(resolve(cwd), 'lockkeeper.yaml')];
  await refuseSecond(root, force);
  await writeNewFile(config, `${await editorLine('config', config, root)}\n${text}`, { force });
  const migrations = join(root, 'migrations');
  await mkdir(migrations, { recursive: true });
  return { schema: 'lockkeeper.init/1', config, migrations };
}

async function refuseSecond(root: string, force: boolean): Promise<void> {
  for (const name of configFileNames) {
    const path = join(root, name);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    const ours = name === 'lockkeeper.yaml';
    if (there && !(ours && force))
      throw fileExists(path, undefined, ours ? 'To replace it: lockkeeper init --force' : undefined);
  }
}

const text = `# The folder of the migrations, relative to this file.
migrations: migrations

# The schema in each database in which Lockkeeper keeps its journal.
journal_schema: lockkeeper

# The databases, by the name that --target takes. \${NAME} stands for an environment
# variable, so that no password is kept here. On a protected target every phase needs
# an approval.
#
# targets:
#   staging:
#     url: "\${STAGING_URL}"
#   production:
#     url: "\${PRODUCTION_URL}"
#     protected: true
`;
