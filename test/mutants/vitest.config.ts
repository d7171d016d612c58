import { env } from 'node:process';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { mutants } from './list.ts';
import { mutate } from './mutant.ts';
import { Witness } from './witness.ts';

// One mutant's run: `MUTANT` names it, and its file is changed on its way into the tests, never on disk. Without a name nothing is changed.

const mutant = mutants.find(({ name }) => name === env['MUTANT']);

const mutation = (): Plugin => ({
  name: 'mutation',
  enforce: 'pre',
  transform: (code, id) =>
    mutant && id.split('?')[0] === resolve('src', mutant.file) ? mutate(mutant, code) : undefined,
});

export default defineConfig({
  plugins: [mutation()],
  test: {
    include: ['test/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 1,
    provide: { postgresUrl: env['MUTANTS_SERVER'] ?? '' },
    reporters: [new Witness(env['WITNESS'] ?? '')],
  },
});
