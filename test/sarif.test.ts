import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { documentJsonSchemas } from '../src/report/json-schemas.ts';
import { runCli } from './support/cli.ts';

const files = {
  'ünï cödé.sql': '-- é😀\nSELECT \'😀\'; DROP TABLE "a%:,\nb";\nDROP TABLE c;\nDROP TABLE c;',
  'broken.sql': 'SELEC 1',
  'script.js': "exports.up = (pgm) => { pgm.dropTable('t'); pgm.sql(text); };",
};

async function withFiles<T>(work: (cwd: string) => Promise<T>): Promise<T> {
  const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-sarif-'));
  try {
    for (const [path, text] of Object.entries(files)) await writeFile(join(cwd, path), text);
    return await work(cwd);
  } finally {
    await rm(cwd, { recursive: true });
  }
}

it('prints SARIF that Microsoft’s validator takes, a fingerprint for each finding', () =>
  withFiles(async (cwd) => {
    const { stdout, code } = await runCli(['lint', '.', 'script.js', '--format', 'sarif'], { cwd });
    expect(code).toBe(2);
    await writeFile(join(cwd, 'report.sarif'), stdout);
    const validator = ['sarif-multitool', 'validate', join(cwd, 'report.sarif')];
    const { stdout: said } = await promisify(execFile)('npx', validator, {
      env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
    });
    expect(said).toContain('1 files scanned');
    expect(said).not.toMatch(/\berror\b/u);
    const { runs } = JSON.parse(stdout) as { runs: { results: { partialFingerprints: Record<string, string> }[] }[] };
    const prints = runs.flatMap(({ results }) =>
      results.map(({ partialFingerprints }) => Object.values(partialFingerprints)[0]),
    );
    expect(prints.length).toBeGreaterThan(2);
    expect(new Set(prints).size).toBe(prints.length);
  }));

it('prints JSON that fits its schema', () =>
  withFiles(async (cwd) => {
    const { stdout } = await runCli(['lint', '.', '--json'], { cwd });
    const published = JSON.parse(
      await readFile(new URL('../schemas/lint.schema.json', import.meta.url), 'utf8'),
    ) as object;
    expect(published).toEqual(JSON.parse(JSON.stringify(documentJsonSchemas()['lint'])));
    const validate = new Ajv2020({ strict: false }).compile(published);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  }));
