import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LockkeeperError } from '../errors.ts';

const run = promisify(execFile);

/** The files that differ from a commit or are not in git yet, relative to `cwd`. */
export async function changedFiles(cwd: string, ref: string): Promise<ReadonlySet<string>> {
  const git = async (...args: string[]) => (await run('git', args, { cwd })).stdout.split('\0').filter(Boolean);
  try {
    const [changed, added] = await Promise.all([
      git('diff', '--name-only', '-z', '--relative', '--diff-filter=d', '--end-of-options', ref, '--'),
      git('ls-files', '--others', '--exclude-standard', '-z'),
    ]);
    return new Set([...changed, ...added]);
  } catch (cause) {
    throw new LockkeeperError('USAGE', {
      message: `git can not say what changed since ${ref}.`,
      hint: cause instanceof Error ? (cause.message.split('\n')[1] ?? cause.message) : 'It failed.',
      fix: 'Name a commit, a branch or a tag that is there.',
      cause,
    });
  }
}
