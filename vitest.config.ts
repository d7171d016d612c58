import { defineConfig } from 'vitest/config';

const onServer = {
  globalSetup: 'test/support/postgres.ts',
  testTimeout: 180_000,
  hookTimeout: 180_000,
  maxWorkers: 2,
};

/** Suites that take long: `npm test` runs a part of each, another one each time, and commands of their own run all. */
const all = { provide: { oneIn: 1 }, sequence: { groupOrder: 2 } };
const suites = { kills: 'resume', crashes: 'server-crash', shapes: 'shapes' };
const mutants = {
  include: ['test/mutants/*.test.ts'],
  globalSetup: 'test/mutants/server.ts',
  maxConcurrency: 2,
};

/** Run on every major that we support; on all but the newest they choose less. */
const onEveryMajor = [
  'test/laws.test.ts',
  'test/shapes.test.ts',
  'test/majors.test.ts',
  'test/rights.test.ts',
  'test/lint-claims.test.ts',
  'test/lint-fix.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/notion/*.test.ts'],
          setupFiles: 'test/support/seeded.ts',
        },
      },
      {
        test: {
          ...onServer,
          name: 'postgres',
          include: ['test/*.test.ts'],
          exclude: ['test/majors.test.ts', 'test/storm.test.ts'],
          provide: { oneIn: 4 },
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...mutants, name: 'some-mutants', provide: { oneIn: 8 }, sequence: { groupOrder: 2 } } },
      // Keeps both processors busy alone: beside others its schedules would only wait.
      { test: { ...onServer, name: 'storms', include: ['test/storm.test.ts'], sequence: { groupOrder: 7 } } },
      { test: { ...mutants, ...all, name: 'mutants' } },
      ...Object.entries(suites).map(([name, file]) => ({
        test: { ...onServer, ...all, name, include: [`test/${file}.test.ts`] },
      })),
      ...[14, 15, 16, 17].map((major, i) => ({
        test: {
          ...onServer,
          ...all,
          name: `postgres ${major}`,
          include: onEveryMajor,
          sequence: { groupOrder: 3 + i },
        },
      })),
    ],
  },
});
