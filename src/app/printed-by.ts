import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { LockkeeperError } from '../errors.ts';

const run = promisify(exec);

/** What a command of the user's prints on stdout, such as the SQL of `alembic upgrade head --sql`. */
export async function printedBy(command: string, cwd: string): Promise<string> {
  try {
    return (await run(command, { cwd, maxBuffer: 256 * 1024 * 1024 })).stdout;
  } catch (cause) {
    const { code = '?', stderr = '' } = cause as { readonly code?: number | string; readonly stderr?: string };
    throw new LockkeeperError('USAGE', {
      message: `The command ended with ${String(code)}: ${command}`,
      hint: stderr.trim().split('\n').at(-1) || 'It said nothing on stderr.',
      fix: 'Run it by itself until it prints SQL.',
      cause,
    });
  }
}
