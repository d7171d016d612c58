import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { commandsOf, commandsPage, program, withHelp } from '../scripts/build-docs.ts';
import { rulePages } from '../scripts/rule-pages.ts';
import { exitCodes } from '../src/errors.ts';
import { document } from '../src/migration/document.ts';
import { operations } from '../src/operations/registry.ts';
import { eventSchema } from '../src/report/event-schema.ts';
import { documentJsonSchemas } from '../src/report/json-schemas.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');
const paths = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...(await readdir(join(root, 'docs'), { recursive: true })).map((name) => join('docs', name)),
].filter((path) => path.endsWith('.md'));
const pages = new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));

const headings = (page: string) =>
  [...page.replaceAll(/^(```|~~~)[^]*?^\1/gmu, '').matchAll(/^#+ (.+)$/gmu)].map(([, text = '']) => text);

/** The anchor that GitHub gives a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** The names of all fields, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(fieldsOf)];
}

const hasWord = (page: string, word: string) => new RegExp(`\\b${word}\\b`, 'u').test(page);
const fields = (schema: z.ZodType) => [...new Set(fieldsOf(z.toJSONSchema(schema, { io: 'input' })))];

it('explains every error code, with its exit code, and no other', async () => {
  const page = await read('docs/errors.md');
  const sections = [...page.matchAll(/^### (\w+)\n\nExit code (\d)/gmu)].map(([, code, exit]) => [code, Number(exit)]);
  expect(Object.fromEntries(sections)).toEqual(exitCodes);
});

it.each(operations)('has a page for $kind that names its fields', async ({ kind, summary, fields: own }) => {
  const page = await read(`docs/operations/${kind}.md`);
  expect(headings(page)[0]).toBe(kind);
  expect(page).toContain(summary);
  // How a table is named is the same everywhere, and stands on the page of the document.
  const unexplained = fields(own).filter((field) => !['schema', 'name'].includes(field) && !hasWord(page, field));
  expect(unexplained).toEqual([]);
});

it('explains every field of a migration', async () => {
  const page = await read('docs/migration-document.md');
  const inOperations = new Set(operations.flatMap(({ kind, fields: own }) => [kind, ...fields(own)]));
  for (const field of fields(document).filter((name) => !inOperations.has(name))) expect(page).toContain(field);
});

it('explains every command, and its help is current', async () => {
  const page = await readFile(commandsPage, 'utf8');
  for (const typed of commandsOf(await program()).keys()) {
    expect(headings(page)).toContain(typed);
    expect(page).toContain(`<!-- help: ${typed} -->`);
  }
  expect(page, 'run: npx jiti scripts/build-docs.ts').toBe(await withHelp(page));
});

it('has a current page for every rule, and no other', async () => {
  const written = await rulePages();
  const names = await readdir(join(root, 'docs/rules'));
  expect(names.sort(), 'run: npx jiti scripts/build-docs.ts').toEqual([...written.keys()].sort());
  for (const [name, page] of written)
    expect(await read(`docs/rules/${name}`), 'run: npx jiti scripts/build-docs.ts').toBe(page);
});

it('explains every option that commands share', async () => {
  const [shared = ''] = (await read('docs/commands.md')).split('## Exit codes');
  const options = commandsOf(await program()).get('expect')?.options ?? [];
  const connection = options.filter(({ long }) => !['--phase', '--wait'].includes(long ?? ''));
  expect(connection.length).toBeGreaterThan(4);
  for (const { long } of connection) expect(shared).toContain(long);
});

it('names every JSON document and every event', async () => {
  const page = await read('docs/json.md');
  for (const name of Object.keys(documentJsonSchemas())) expect(page).toContain(`schemas/${name}.schema.json`);
  for (const { shape } of eventSchema.options) expect(page).toContain(`\`${shape.type.value}\``);
});

it.each(paths)('%s links only to what is there', (path) => {
  const links = [...(pages.get(path) ?? '').matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link);
  const broken = links
    .filter((link) => !/^[a-z]+:/u.test(link))
    .filter((link) => {
      const [file = '', fragment] = link.split('#');
      const target = file === '' ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, target))) return true;
      return (
        fragment !== undefined &&
        !headings(pages.get(target) ?? '')
          .map(anchor)
          .includes(fragment)
      );
    });
  expect(broken).toEqual([]);
});

it.each(paths)('%s names no path of the machine it was written on', (path) => {
  expect(pages.get(path)).not.toMatch(/(^|[\s"'`(=])\/(work|tmp|home|root|Users|var)\//mu);
});

it('is reached from the README, each page', () => {
  const reached = new Set(['README.md']);
  for (const path of reached)
    for (const [, link = ''] of (pages.get(path) ?? '').matchAll(/\]\(([^)#\s]+)[^)]*\)/gu))
      if (link.endsWith('.md')) reached.add(relative(root, join(root, dirname(path), link)));
  expect(paths.filter((path) => !path.startsWith('docs/decisions/') && !reached.has(path))).toEqual([]);
});
