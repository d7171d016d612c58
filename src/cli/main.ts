#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { processTerminal } from './process-terminal.ts';
import { runProgram } from './program.ts';

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

await runProgram(process.argv.slice(2), terminal, version);
