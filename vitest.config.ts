import { defineConfig } from 'vitest/config';

const onServer = {
  globalSetup: 'test/support/postgres.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
};

/** Run on every major that we support; on all but the newest they choose less. */
const onEveryMajor = ['test/laws.test.ts', 'test/shapes.test.ts', 'test/majors.test.ts', 'test/lint-claims.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        test: {
          ...onServer,
          name: 'postgres',
          include: ['test/*.test.ts'],
          exclude: ['test/majors.test.ts', 'test/server-crash.test.ts', 'test/shapes.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...onServer, name: 'shapes', include: ['test/shapes.test.ts'], sequence: { groupOrder: 2 } } },
      { test: { ...onServer, name: 'crashes', include: ['test/server-crash.test.ts'], sequence: { groupOrder: 2 } } },
      {
        test: {
          name: 'mutants',
          include: ['test/mutants/*.test.ts'],
          sequence: { groupOrder: 2 },
          globalSetup: 'test/mutants/server.ts',
          maxConcurrency: 2,
        },
      },
      ...[14, 15, 16, 17].map((major, i) => ({
        test: { ...onServer, name: `postgres ${major}`, include: onEveryMajor, sequence: { groupOrder: 3 + i } },
      })),
    ],
  },
});
