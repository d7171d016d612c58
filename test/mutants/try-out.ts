import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import type { Mutant } from './mutant.ts';
import type { Failure, Testimony } from './witness.ts';

const GIVE_UP_MS = 800_000;

export interface Verdict {
  readonly caught: boolean;
  /** What the test said, or why this is no catch. */
  readonly because: string;
}

/** Runs tests of one file in a process of their own, with a mutant or, for null, with everything in its place. */
export async function runTests(server: string, mutant: string | null, file: string, name: string): Promise<Testimony> {
  const dir = await mkdtemp(join(tmpdir(), 'lockkeeper-mutant-'));
  const witness = join(dir, 'testimony.json');
  const args = ['run', '--config', 'test/mutants/vitest.config.ts', `test/${file}.test.ts`, '-t', name];
  const env = { ...process.env, MUTANTS_SERVER: server, WITNESS: witness, MUTANT: mutant ?? '' };
  try {
    const said = await new Promise<string>((resolve) =>
      execFile(execPath, ['node_modules/vitest/vitest.mjs', ...args], { env, timeout: GIVE_UP_MS }, (error, out, err) =>
        resolve(`${out}\n${err}\n${error?.message ?? ''}`),
      ),
    );
    const testimony = await readFile(witness, 'utf8').catch(() => {
      throw new Error(`The tests did not run.\n${said}`);
    });
    return JSON.parse(testimony) as Testimony;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Whether a test noticed, and noticed what is missing: a mutant that does not even run has shown nothing. */
export function judge({ raises }: Pick<Mutant, 'raises'>, { tests, broken }: Testimony): Verdict {
  if (broken.length) return { caught: false, because: `It does not run: ${broken.join('; ')}` };
  if (!tests.length) return { caught: false, because: 'No test has that name.' };
  const failures = tests.flatMap((test) => test.failures);
  if (!tests.some((test) => test.failed)) return { caught: false, because: 'It survived: every test passed.' };
  const counts = (failure: Failure) => failure.every((error) => isOfTheDatabase(error, raises) || isOfTheTest(error));
  const found = failures.find(counts);
  const text = (failure: Failure | undefined) =>
    failure?.map((e) => `${e.code ?? e.name}: ${e.message}`).join(' ← ') ?? 'nothing';
  return found
    ? { caught: true, because: text(found) }
    : { caught: false, because: `It failed for another reason: ${text(failures[0])}` };
}

type SomeError = Failure[number];

/** An error of ours or of PostgreSQL; but syntax, missing rights and names that do not exist speak of a mistake in the mutant. */
const isOfTheDatabase = ({ code }: SomeError, raises: string | undefined) =>
  code !== null &&
  (/^[A-Z][A-Z_]+$/.test(code) || (/^[0-9A-Z]{5}$/.test(code) && (!code.startsWith('42') || code === raises)));

const isOfTheTest = ({ name, message, code }: SomeError) =>
  code === null && (name === 'AssertionError' || message.startsWith('It ended waiting'));
