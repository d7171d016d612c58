import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Writes dist: few files instead of hundreds, because loading them would be half of what a short command takes. */
await rm('dist/chunks', { recursive: true, force: true });
await build({
  entryPoints: ['cli/main', 'index', 'client/client', 'demo/application/main', 'migration/define-migration'].map(
    (name) => `src/${name}.ts`,
  ),
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
});
