import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockkeeperError } from '../errors.ts';
import { operations } from '../operations/registry.ts';
import type { Migration } from './migration.ts';
import type { Problem } from './problem.ts';
import { parseMigration, readMigrationFile } from './read-migration.ts';
import { flagship, parts, rename, replaced, sample } from '../../test/support/documents.ts';

const problemsOf = (work: () => unknown): readonly Problem[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof LockkeeperError && error.code === 'MIGRATION_INVALID')
      return error.details['problems'] as Problem[];
    throw error;
  }
  return [];
};

const mistakes = (text: string, format: 'yaml' | 'json' = 'yaml') =>
  problemsOf(() => parseMigration(text, { file: `m.${format}`, format })).map(
    (p) => `${p.line}:${p.column} ${p.path}: ${p.message}${p.suggestion === null ? '' : ` ${p.suggestion}`}`,
  );

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockkeeper-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('what is right', () => {
  it('fills in defaults and reads the operations', () => {
    const migration = parseMigration(flagship, { file: 'm.yaml', format: 'yaml' });
    expect(migration).toMatchObject({
      name: 'user-preferences',
      description: null,
      after: [],
      spec: null,
      gates: { soakMs: 0, backup: false },
      backfill: { workers: 2, chunkMs: 80, maxRowsPerSecond: 40_000, fireTriggers: true },
    });
    expect(migration.operations.map(({ kind }) => kind)).toEqual(['extract_json']);
    expect(migration.operations[0]?.tables.map(({ name }) => name)).toContain('notification_preferences');
  });

  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('reads a soak of %s', (soak, soakMs) => {
    const migration = parseMigration(`${rename}gates: { soak: ${soak} }\n`, { file: 'm', format: 'yaml' });
    expect(migration.gates.soakMs).toBe(soakMs);
  });

  it('keeps the operations as written, and not what is for editors', () => {
    const text = JSON.stringify({
      $schema: 'x',
      version: 1,
      name: 'a',
      operations: [{ rename_column: { table: 't', from: 'a', to: 'b' } }],
    });
    const { document } = parseMigration(text, { file: 'm.json', format: 'json' });
    expect(document.operations).toEqual([{ rename_column: { table: 't', from: 'a', to: 'b' } }]);
    expect(Object.keys(document)).not.toContain('$schema');
  });
});

describe('what is wrong', () => {
  it('is said all at once, each with its place and a suggestion', () => {
    const text = `version: 1
name: Bad Name
gate: { soak: 1h }
gates: { soak: 1w }
operations:
  - rename_colum: { table: a, from: b, to: c }
  - rename_column: { table: a.b.c, from: b, too: c }
  - rename_column:
  - extract_json:
      table: users
      column: p
      into:
        - table: 3
          columns: { theme: { typ: text, from: theme }, '': { type: text, from: x } }
      remainder: rejct
`;
    expect(mistakes(text)).toMatchInlineSnapshot(`
      [
        "2:7 name: A name has 1 to 40 lower-case letters, digits, - and _, and starts with a letter or digit.",
        "3:1 gate: Unknown key "gate". Did you mean "gates"?",
        "4:16 gates.soak: Write a duration as 90s, 30m, 24h or 7d.",
        "6:5 operations[0].rename_colum: Unknown operation "rename_colum". Did you mean "rename_column"?",
        "7:29 operations[1].rename_column.table: Write \`table\` or \`schema.table\`; for a name with a dot, { schema: …, name: … }.",
        "7:45 operations[1].rename_column.too: Unknown key "too". Did you mean "to"?",
        "8:19 operations[2].rename_column: Expected a mapping, found nothing.",
        "13:18 operations[3].extract_json.into[0].table: Expected text or a mapping, found a number.",
        "14:31 operations[3].extract_json.into[0].columns.theme.typ: Unknown key "typ". Did you mean "type"?",
        "14:57 operations[3].extract_json.into[0].columns.: A name cannot be empty.",
        "15:18 operations[3].extract_json.remainder: Expected "reject", "drop" or a mapping, found text. Did you mean "reject"?",
      ]
    `);
  });

  it.each([
    ['a later version alone', 'version: 2\nname: x\nnew: 1', ['1:10 version: Version 2 is not known: version 1 is.']],
    ['an empty file', '# nothing\n', ['1:1 : The file is empty. Start one with `lockkeeper new NAME`.']],
    ['text instead of a mapping', 'hello', ['1:1 : Expected a mapping, found text.']],
    [
      'an empty entry',
      'version: 1\nname: x\noperations:\n  - {}\n',
      [`4:5 operations[0]: An entry names one operation: ${operations.map(({ kind }) => kind).join(', ')}.`],
    ],
    ['itself to wait for', `${rename}after: [rename]\n`, ['4:8 after: A migration cannot come after itself.']],
    [
      'two operations in one entry',
      'version: 1\nname: x\noperations:\n  - rename_column: { table: t, from: a, to: b }\n    create_index: { table: t, columns: [a] }\n',
      ['4:5 operations[0]: An entry holds one operation: begin each with a dash of its own.'],
    ],
  ])('%s', (_, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  it('says mistakes of form and meaning together, in the order of the text', () => {
    expect(mistakes('{"version":1,"version":1,\n"name":3,"operations":[]}', 'json')).toEqual([
      '1:14 : This key is there twice in the same mapping. Keep one of the two.',
      '2:8 name: Expected text, found a number.',
      '2:23 operations: This list cannot be empty.',
    ]);
  });

  it('never calls anything just invalid', () => {
    for (const value of [null, 1, 'x', [], {}, [[]], { sql: 1 }, true])
      for (const path of parts(sample)) {
        const text = stringify(replaced(sample, path, value));
        expect(mistakes(text).join('\n')).not.toMatch(/invalid|ZodError|expected \w+,? received/iu);
      }
  });
});

describe('files', () => {
  it.each([
    ['m.yml', rename],
    [
      'm.json',
      JSON.stringify({
        version: 1,
        name: 'rename',
        operations: [{ rename_column: { table: 't', from: 'a', to: 'b' } }],
      }),
    ],
    [
      'm.ts',
      `import { defineMigration } from 'lockkeeper';\nexport default defineMigration({ version: 1, name: 'rename', operations: [{ rename_column: { table: 't', from: 'a', to: 'b' } }] });`,
    ],
    [
      'm.mjs',
      `export const migration = { version: 1, name: 'rename', operations: [{ rename_column: { table: 't', from: 'a', to: 'b' } }] };`,
    ],
  ])('reads %s', async (name, text) => {
    await writeFile(join(folder, name), text);
    expect((await readMigrationFile(join(folder, name))).name).toBe('rename');
  });

  it.each([
    [
      'a missing export',
      'none.ts',
      'export const other = 1;',
      { line: 1, message: expect.stringContaining('exports neither') as string },
    ],
    [
      'code that throws',
      'throws.ts',
      'const a: number = 1;\n\nthrow new Error("broken");\n',
      { line: 3, message: 'The file cannot be loaded: broken' },
    ],
    [
      'a syntax error',
      'syntax.ts',
      'export default {\n',
      { message: expect.stringContaining('cannot be loaded') as string },
    ],
    [
      'a circle',
      'circle.mjs',
      'const a = {}; a.a = a; export default a;',
      { message: expect.stringContaining('circular') as string },
    ],
    [
      'UTF-16',
      'utf16.yaml',
      Buffer.from('\uFEFFversion: 1', 'utf16le'),
      { line: 1, message: 'The file is UTF-16, not UTF-8.' },
    ],
    [
      'Latin-1',
      'latin.yaml',
      Buffer.from('version: 1\nname: caf\xe9', 'latin1'),
      { line: 2, column: 10, message: 'From here on the file is not UTF-8.' },
    ],
    [
      'a wrong value in a module',
      'wrong.mjs',
      'export default { version: 1, name: "x", operations: [{}] };',
      { line: 1, path: 'operations[0]' },
    ],
  ])('says what is wrong with %s', async (_, name, content, problem) => {
    await writeFile(join(folder, name), content);
    const reading = readMigrationFile(join(folder, name), name);
    await expect(reading).rejects.toMatchObject({
      code: 'MIGRATION_INVALID',
      details: { problems: [expect.objectContaining({ file: name, ...problem })] },
    });
  });

  it('says when there is no file, or one of another kind', async () => {
    await expect(readMigrationFile(join(folder, 'gone.yaml'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readMigrationFile(join(folder, 'm.toml'))).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('anything at all', () => {
  const sound = (work: () => Migration): void => {
    try {
      expect(work().operations.length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof LockkeeperError)) throw error;
      const problems = error.details['problems'] as Problem[];
      expect(problems.length).toBeGreaterThan(0);
      for (const p of problems) expect(Math.min(p.line, p.column)).toBeGreaterThan(0);
    }
  };
  const format = fc.constantFrom('yaml' as const, 'json' as const);

  it('text gives a migration or mistakes with places', () => {
    const characters = fc.constantFrom(...Array.from('{}[]:,-&*!|>%@`"\'#?~<= \n\tab01\\'));
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: characters, maxLength: 60 }));
    fc.assert(
      fc.property(text, format, (t, f) => sound(() => parseMigration(t, { file: 'f', format: f }))),
      { numRuns: 600 },
    );
  });

  it('a document with pieces of text put in', () => {
    const piece = fc.string({ unit: fc.constantFrom(...Array.from('{}[]:,-&*!|"\' \n\t#x1')), maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(), piece, (at, p) => {
        const i = at % flagship.length;
        sound(() => parseMigration(flagship.slice(0, i) + p + flagship.slice(i), { file: 'f', format: 'yaml' }));
      }),
      { numRuns: 300 },
    );
  });

  it('a document with any value in any place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...parts(sample)), fc.jsonValue(), format, (path, value, f) => {
        const changed = replaced(sample, path, value);
        sound(() =>
          parseMigration(f === 'json' ? JSON.stringify(changed) : stringify(changed), { file: 'f', format: f }),
        );
      }),
      { numRuns: 300 },
    );
  });
});
