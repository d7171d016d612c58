import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { fakeTerminal } from '../../test/support/fake-terminal.ts';
import { requirementsSchema, specsSchema } from '../report/requirements-schema.ts';
import { runProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-spec-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function run(cwd: string, argv: readonly string[], change: Partial<Terminal> = {}) {
  const terminal = fakeTerminal({ cwd, ...change });
  await runProgram(['spec', ...argv], terminal, '0');
  return { out: terminal.printed.join('\n'), err: terminal.said.join('\n'), code: terminal.exits.at(-1) ?? 0 };
}

const docs = {
  'docs/specs/preferences.md': '---\ntitle: User preferences\n---\n\n- **Target**: a table `user_preferences`\n',
  'docs/specs/old/mail.md': '# Mail\n\nSends by the préférences of the user.\n',
  'docs/plans/preferences.md': '# Implementation Plan: User preferences\n',
};

it('finds a specification by its title, without case and accents, and not the plans', async () => {
  const { out, code } = await run(await folderOf(docs), ['find', 'USER Préf', '--json']);
  expect(specsSchema.parse(JSON.parse(out))).toMatchObject({
    workspace: 'files:docs',
    pages: [
      { ref: 'specs/preferences.md', title: 'User preferences', found: 'title' },
      { ref: 'specs/old/mail.md', title: 'Mail', found: 'text' },
    ],
  });
  expect(code).toBe(2);
});

it('lists several and exits 2 where nobody can be asked', async () => {
  const { out, code } = await run(await folderOf(docs), ['find', 'user']);
  expect(out).toBe(
    'specs/preferences.md: User preferences\nspecs/old/mail.md: Mail (in the text)\nSeveral fit: name one of them.',
  );
  expect(code).toBe(2);
});

it('asks which one is meant', async () => {
  const asked = { interactive: true, ask: () => Promise.resolve('2') };
  const { out, err, code } = await run(await folderOf(docs), ['find', 'user'], asked);
  expect(err).toBe('1. User preferences (specs/preferences.md)\n2. Mail (specs/old/mail.md)');
  expect(out).toBe('specs/old/mail.md: Mail (in the text)');
  expect(code).toBe(0);
  const wrong = { interactive: true, ask: () => Promise.resolve('3') };
  expect(await run(await folderOf(docs), ['find', 'user'], wrong)).toMatchObject({ code: 2, out: '' });
});

it('says when there is none', async () => {
  const { out, code } = await run(await folderOf(docs), ['find', 'invoices']);
  expect(out).toBe('Nothing in files:docs has the words “invoices”.');
  expect(code).toBe(2);
});

it('searches the whole folder where it has no specs', async () => {
  const cwd = await folderOf({ 'wiki/a.md': '# Keys\n', 'wiki/node_modules/b.md': '# Keys\n', 'wiki/c.txt': 'Keys' });
  const { out, code } = await run(cwd, ['find', 'keys', '--workspace', 'files:wiki']);
  expect([out, code]).toEqual(['a.md: Keys', 0]);
});

it('reads a file, or a page of the workspace by the name that find prints', async () => {
  const cwd = await folderOf(docs);
  const [file, page] = [
    await run(cwd, ['read', 'docs/specs/preferences.md', '--json']),
    await run(cwd, ['read', 'specs/preferences.md', '--json']),
  ];
  const read = requirementsSchema.parse(JSON.parse(file.out));
  expect(read).toMatchObject({
    title: 'User preferences',
    facts: [{ slot: 'target', line: 5, rule: 'label “Target”' }],
  });
  expect(JSON.parse(page.out)).toEqual({ ...read, source: 'specs/preferences.md' });
});

it('prints each fact with its line and its rule, and what has to be clarified', async () => {
  const { out } = await run(await folderOf(docs), ['read', 'specs/preferences.md']);
  expect(out).toContain('Target state\n  5     a table user_preferences (label “Target”)');
  expect(out).toContain(
    '  -     What does the schema look like now?\n        The change starts from it. Until then: As the database says.',
  );
});

it('knows the labels of the configuration', async () => {
  const config = 'spec:\n  workspace: files:papiere\n  labels: { current: [Ist-Zustand] }\n';
  const cwd = await folderOf({
    'lockkeeper.yaml': config,
    'papiere/a.md': '# A\n\n## 1. Ist-Zustand\n\nAlles.\n',
    'sub/x.txt': '',
  });
  const { out } = await run(join(cwd, 'sub'), ['read', 'a.md', '--json']);
  expect(requirementsSchema.parse(JSON.parse(out)).facts).toMatchObject([{ slot: 'current', text: 'Alles.' }]);
});

it.each([
  [['read', 'nowhere.md'], 'FILE_NOT_FOUND', 'nowhere.md cannot be read.'],
  [['read', 'latin.md'], 'FILE_NOT_FOUND', 'latin.md cannot be read as text.'],
  [['find', 'x', '--workspace', 'wiki'], 'USAGE', '"wiki" is no workspace.'],
  [['find', 'x', '--workspace', 'notion'], 'NOTION_TOKEN', 'There is no token for Notion.'],
  [['read', 'https://www.notion.so/Prefs-0123456789abcdef0123456789abcdef'], 'NOTION_TOKEN', 'There is no token'],
  [['find', 'x', '--workspace', 'files:nowhere'], 'FILE_NOT_FOUND', 'There is no folder '],
])('%j: %s', async (argv, code, message) => {
  const cwd = await folderOf({ ...docs, 'latin.md': new Uint8Array([0x23, 0x20, 0xe4, 0x0a]) });
  const failed = await run(cwd, argv);
  expect(failed.err).toContain(`error ${code}:`);
  expect(failed.err).toContain(message);
  expect(failed.code).toBe(2);
});
