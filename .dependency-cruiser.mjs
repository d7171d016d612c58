// The layers, lowest first. A file may import its own folder and anything listed before it.
const layers = [
  'errors',
  'events',
  'clock',
  'markdown',
  'sql',
  'database',
  'catalog',
  'steps',
  'mappings',
  'operations',
  'migration',
  'spec',
  'lint',
  'plan',
  'draft',
  'journal',
  'backfill',
  'verify',
  'execute',
  'report',
  'publication',
  'workspace',
  'app',
  'demo',
  'cli',
];

const mayNotLookUp = layers.map((layer, i) => ({
  name: `${layer}-imports-only-lower-layers`,
  severity: 'error',
  from: { path: `^src/${layer}[./]` },
  to: { path: `^src/(${layers.slice(i + 1).join('|') || '$none'})[./]` },
}));

const pure = {
  path: '^src/(markdown|spec|sql|steps|mappings|operations|lint|plan|draft|report|publication)/',
  pathNot: '[.]test[.]ts$',
};

export default {
  forbidden: [
    ...mayNotLookUp,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'client-stands-alone',
      comment: 'applications import it: nothing else may come along',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^src/(?!client/)' },
    },
    {
      name: 'planning-is-pure',
      comment: 'no files, clocks or sockets',
      severity: 'error',
      from: pure,
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'planning-never-connects',
      severity: 'error',
      from: pure,
      to: { path: ['^src/database/', 'node_modules/pg/'], reachable: true },
    },
    {
      name: 'one-door-to-postgres',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(database|demo)/|[.]test[.]ts$' },
      to: { path: 'node_modules/pg/' },
    },
    {
      name: 'the-public-api-is-not-imported-inside',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index[.]ts$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
