import { chmod, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type ChunkingContext } from 'rolldown';

const inProject = (path: string): string => resolve(import.meta.dirname, '..', path);

const entries = ['cli/main', 'index', 'client/client', 'demo/application/main', 'migration/define-migration'];

/** What `lint` loads: every file that a short command has to load costs it more than what is in it. */
const lintStart = ['src/cli/process-terminal.ts', 'src/cli/program.ts', 'src/cli/commands/lint.ts'].map(inProject);

/** Writes dist: few files instead of hundreds. */
await rm(inProject('dist/chunks'), { recursive: true, force: true });
await build({
  cwd: inProject('.'),
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  transform: { target: 'node20' },
  external: /^(?!@oxc-project\/runtime\/)(?:node:|@?[a-z])/u, // all dependencies; the helpers of its own it writes out
  preserveEntrySignatures: 'allow-extension',
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    comments: false,
    // objects that are put together from literals are made at once
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'lint', name: groupOf }],
    },
  },
});
await chmod(inProject('dist/cli/main.js'), 0o755);

/** Three files for what `lint` loads, so that other commands get neither the parser nor the rules with what they share with it. */
function groupOf(id: string, context: ChunkingContext): string | null {
  if (!lintStart.some((start) => reached(start, context).has(id)) || !id.endsWith('.ts')) return null;
  if (id.startsWith(inProject('src/sql/'))) return 'sql';
  return reached(id, context).has('libpg-query') ? 'lint' : 'shared';
}

function reached(id: string, context: ChunkingContext, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of context.getModuleInfo(id)?.importedIds ?? []) reached(imported, context, found);
  return found;
}
