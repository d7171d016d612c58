import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromBlocks } from '../markdown/from-blocks.ts';
import { readMarkdown } from '../markdown/read-markdown.ts';
import { toBlocks } from '../markdown/to-blocks.ts';
import { extractRequirements } from './extract-requirements.ts';
import type { OwnLabels } from './labels.ts';
import type { Requirements } from './requirements.ts';

const folder = 'test/specifications';
const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
const german: OwnLabels = { current: ['Ist-Zustand'], target: ['Soll-Zustand'], acceptance: ['Abnahme'] };

const source = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
const labelsOf = (file: string): { labels?: OwnLabels } => (file === '16-german.md' ? { labels: german } : {});
const read = (file: string) => extractRequirements(readMarkdown(source(file)), { source: file, ...labelsOf(file) });

/** Everything that was found, one line each: what people review. */
function shown({ title, facts, columns, sql, notUnderstood, clarifications }: Requirements): string {
  const at = (line: number | null) => (line === null ? '-' : String(line));
  return [
    `title: ${title ?? '-'}`,
    ...facts.map((f) =>
      [
        `${at(f.line)} ${f.slot}${f.id === null ? '' : ` ${f.id}`}: ${f.text}`,
        `    by ${f.rule}`,
        ...(f.priority === null ? [] : [`    priority ${f.priority}`]),
        ...f.names.map(({ kind, name }) => `    ${kind} ${name}`),
        ...f.measures.map(({ comparison, value, unit }) => `    ${comparison} ${value} ${unit}`),
        ...(f.testable === null ? [] : [`    ${f.testable ? 'testable' : 'vague'}`]),
      ].join('\n'),
    ),
    ...columns.map((c) => {
      const nullable = c.nullable === null ? '' : c.nullable ? ' NULL' : ' NOT NULL';
      return `${at(c.line)} column ${c.side} ${c.change} ${c.table ?? '?'}.${c.column} ${c.type ?? '?'}${nullable}${c.default === null ? '' : ` DEFAULT ${c.default}`} by ${c.rule}`;
    }),
    ...sql.map((s) => `${at(s.line)} sql ${s.side} ${s.statement ?? 'not SQL'}: ${s.sql.split('\n')[0] ?? ''}`),
    ...notUnderstood.map(({ text, line }) => `${at(line)} not understood: ${text}`),
    ...clarifications.map(
      ({ question, line, assumption }) => `${at(line)} unclear: ${question}\n    until then: ${assumption}`,
    ),
  ].join('\n');
}

describe.each(files)('%s', (file) => {
  it('is read fact by fact', async () => {
    await expect(`${shown(read(file))}\n`).toMatchFileSnapshot(`../../${folder}/${file.replace('.md', '.txt')}`);
  });

  it('says nothing that is not in it', () => {
    const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const known = new Set(words(source(file)));
    const { title, facts, columns, sql, notUnderstood } = read(file);
    const said = [
      title ?? '',
      ...facts.flatMap((f) => [f.text, f.id ?? '', ...f.names.map((n) => n.name)]),
      ...columns.flatMap((c) => [c.table ?? '', c.column, c.default ?? '']),
      ...[...sql.map((s) => s.sql), ...notUnderstood.map((n) => n.text)],
    ];
    expect(said.flatMap(words).filter((word) => !known.has(word))).toEqual([]);
  });

  it('says the same when it comes as blocks', () => {
    const place = { line: null, block: null };
    const tree = fromBlocks(toBlocks(readMarkdown(source(file))));
    const there = extractRequirements(tree, { source: file, ...labelsOf(file) });
    const here = read(file);
    const factsOf = ({ facts }: Requirements) =>
      facts.filter(({ rule }) => rule !== 'front matter').map((f) => ({ ...f, ...place }));
    expect(factsOf(there)).toEqual(factsOf(here));
  });
});

it('counts lines from the first, also behind a table that stands right below an item', () => {
  const text = source('14-before-after-table.md').split('\n');
  for (const { line, column } of read('14-before-after-table.md').columns)
    expect(text[(line ?? 0) - 1]).toContain(column);
});
