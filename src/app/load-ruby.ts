import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parsePrism } from '@ruby/prism/src/parsePrism.js';
import type { ParsedRuby } from '../lint/runners/script/ruby.ts';

interface Exports extends Record<string, unknown> {
  readonly _initialize: () => void;
}

/** What Node has and its types do not name. */
declare const WebAssembly: {
  readonly compile: (bytes: Uint8Array) => Promise<object>;
  readonly instantiate: (module: object, imports: object) => Promise<{ readonly exports: Exports }>;
  readonly Module: { readonly imports: (module: object) => readonly { readonly name: string }[] };
};

/** Ruby's own parser as WebAssembly. It is given no system: its own loader would, and Node warns about that. */
export async function loadRuby(): Promise<(source: string) => ParsedRuby> {
  const path = createRequire(import.meta.url).resolve('@ruby/prism/src/prism.wasm');
  const wasm = await WebAssembly.compile(await readFile(path));
  const notSupported = () => 52;
  const system = Object.fromEntries(WebAssembly.Module.imports(wasm).map(({ name }) => [name, notSupported]));
  const { exports } = await WebAssembly.instantiate(wasm, { wasi_snapshot_preview1: system });
  exports._initialize();
  return (source) => parsePrism(exports, source) as unknown as ParsedRuby;
}
