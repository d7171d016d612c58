import { describe, expect, inject, it } from 'vitest';
import { partOf } from '../support/part.ts';
import { mutants as all } from './list.ts';
import { mutate } from './mutant.ts';
import { judge, runTests } from './try-out.ts';

// Each guard is taken away, one at a time, and a test must notice. One alone: npm run mutants -- -t "its name".

const server = inject('postgresUrl');
const mutants = partOf('mutants', all);
const files = [...new Set(mutants.map(({ test }) => test.file))];
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

it('every mutant has its place in the source, also those that this run leaves out', () => {
  for (const mutant of all) mutate(mutant);
});

describe.concurrent('with everything in its place', { timeout: 900_000 }, () => {
  it.each(files)('the tests in %s that catch mutants pass', async (file) => {
    const names = [...new Set(mutants.filter(({ test }) => test.file === file).map(({ test }) => test.name))];
    const { tests, broken } = await runTests(server, null, file, names.map(escaped).join('|'));
    expect({ broken, failed: tests.filter((test) => test.failed) }).toEqual({ broken: [], failed: [] });
  });
});

describe.concurrent('a test notices when this is missing:', { timeout: 300_000 }, () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', async (_name, mutant) => {
    mutate(mutant);
    const { file, name } = mutant.test;
    const verdict = judge(mutant, await runTests(server, mutant.name, file, escaped(name)));
    console.log(`${mutant.name}: ${verdict.because.slice(0, 300)}`);
    expect(verdict).toMatchObject({ caught: true });
  });
});
