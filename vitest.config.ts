import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        test: {
          name: 'postgres',
          include: ['test/*.test.ts'],
          sequence: { groupOrder: 1 },
          globalSetup: 'test/support/postgres.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'mutants',
          include: ['test/mutants/*.test.ts'],
          sequence: { groupOrder: 2 },
          globalSetup: 'test/mutants/server.ts',
          maxConcurrency: 2,
        },
      },
    ],
  },
});
