import { readMarkdown } from '../../src/markdown/read-markdown.ts';
import type { Document, PageRecords, Publication, Section, TaskProperties } from '../../src/publication/document.ts';

export const section = (key: string, markdown: string): Section => ({ key, body: readMarkdown(markdown).children });

const properties = (change: Partial<TaskProperties> = {}): TaskProperties => ({
  ...{ status: 'to do', priority: 'must', assignee: null, sprint: null, start: null, due: null, effort: 2 },
  blockedBy: [],
  ...change,
});

export const task = (
  name: string,
  { sections, ...change }: Partial<TaskProperties> & { sections?: readonly Section[] } = {},
): Document => ({
  key: `prefs/${name}`,
  kind: 'task',
  title: `Do the ${name}`,
  properties: properties(change),
  sections: sections ?? [
    section('context', `## Context\n\nPart of [the plan](lockkeeper:prefs/plan), see [why](lockkeeper:specification).`),
    section('criteria', '## Acceptance criteria\n\n- [ ] parity is exact\n- [x] rows were copied'),
  ],
});

export const plan = (progress = '0 %'): Document => ({
  key: 'prefs/plan',
  kind: 'plan',
  title: 'Implementation Plan: Preferences',
  properties: null,
  sections: [
    section(
      'overview',
      '## Overview\n\nFrom [the specification](lockkeeper:specification).\n\n| phase | risk |\n| - | - |\n| expand | low |',
    ),
    section('tasks', '## Tasks\n\n- [Migration](lockkeeper:prefs/migration)\n- [Backfill](lockkeeper:prefs/backfill)'),
    section('progress', `## Progress\n\n${progress} done\n\n<details>\n<summary>More</summary>\n\n- one\n\n</details>`),
  ],
});

export const publication = (change: Partial<Publication> = {}): Publication => ({
  specification: 'specs/prefs.md',
  tasks: null,
  documents: [plan(), task('migration'), task('backfill', { blockedBy: ['prefs/migration'] })],
  ...change,
});

/** Records that are gone with the test. */
export function recordsInMemory(): PageRecords & { readonly all: Map<string, unknown> } {
  const all = new Map<string, unknown>();
  return {
    all,
    read: (key) => Promise.resolve(structuredClone(all.get(key) ?? null)),
    write: (key, record) => Promise.resolve(void all.set(key, structuredClone(record))),
  };
}
