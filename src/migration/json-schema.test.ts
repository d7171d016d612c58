import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { flagship, parts, rename, replaced, sample } from '../../test/support/documents.ts';
import { operations } from '../operations/registry.ts';
import { document } from './document.ts';
import { migrationJsonSchema } from './json-schema.ts';

const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(migrationJsonSchema());
const byZod = (value: unknown) => document.safeParse(value).success;

it('is the published file: npx jiti scripts/build-schemas.ts writes it', async () => {
  const published = await readFile(new URL('../../schemas/migration.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(migrationJsonSchema())));
});

it('describes every operation', () => {
  for (const { kind, summary } of operations)
    expect(JSON.stringify(migrationJsonSchema())).toContain(
      `"title":"${kind}","description":${JSON.stringify(summary)}`,
    );
});

it.each([sample, parse(flagship), parse(rename)] as unknown[])('accepts what is right', (value) => {
  expect(validate(value)).toBe(true);
  expect(byZod(value)).toBe(true);
});

it.each([
  ['no version', { ...sample, version: undefined }],
  ['a later version', { ...sample, version: 2 }],
  ['an unknown key', { ...sample, extra: 1 }],
  ['a bad name', { ...sample, name: 'A b' }],
  ['a bad duration', { ...sample, gates: { soak: '1w' } }],
  ['too many workers', { ...sample, backfill: { workers: 33 } }],
  ['half a worker', { ...sample, backfill: { workers: 1.5 } }],
  ['no operations', { ...sample, operations: [] }],
  ['an empty operation', { ...sample, operations: [{}] }],
  ['an unknown operation', { ...sample, operations: [{ drop_everything: {} }] }],
  ['two operations in one', { ...sample, operations: [{ ...sample.operations[0], ...sample.operations[1] }] }],
  ['an unknown field', replaced(sample, ['operations', 0, 'rename_column'], { table: 't', from: 'a', to: 'b', x: 1 })],
  ['a bad table', replaced(sample, ['operations', 0, 'rename_column', 'table'], 'a.b.c')],
  ['a bad remainder', replaced(sample, ['operations', 2, 'extract_json', 'remainder'], 'keep')],
])('refuses %s, as zod does', (_, value) => {
  const json: unknown = JSON.parse(JSON.stringify(value));
  expect(validate(json)).toBe(false);
  expect(byZod(json)).toBe(false);
});

it('never marks in an editor what would be accepted', () => {
  fc.assert(
    fc.property(fc.constantFrom(...parts(sample)), fc.jsonValue(), (path, value) => {
      const changed = replaced(sample, path, value);
      if (byZod(changed)) expect(validate(changed), JSON.stringify(validate.errors)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
