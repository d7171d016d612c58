#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { processTerminal } from './process-terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const terminal = processTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  self: { host: hostname(), process: process.pid },
  exit: (code) => {
    process.exitCode = code;
  },
  leave: (code) => process.exit(code),
  onInterrupt: (listener) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  },
});

// the parser is WebAssembly: compiling it quickly is worth more than running it fast
setFlagsFromString('--liftoff-only');
// threads that collect young objects together wait for each other as soon as other programs are busy
setFlagsFromString('--no-parallel-scavenge');

// and it compiles on a thread of its own, while the rest is loaded
if (process.argv[2] === 'lint') void import('libpg-query').catch(() => undefined);

const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2), terminal, version);
