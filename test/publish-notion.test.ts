import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Publish } from '../src/workspace/workspace.ts';
import { withDatabase } from './support/database.ts';
import { example } from './support/example.ts';
import { columns, notionOf } from './support/notion-workspace.ts';
import { publishing } from './support/published.ts';

it('publishes into Notion, follows a run to its end, and writes nothing where nothing has changed', async () => {
  const { before, migration } = example('extract-json');
  const { notion, workspace, home, writes } = await notionOf(columns);
  const markdown = await readFile('test/specifications/01-labels.md', 'utf8');
  const specification = notion.seed.page({ title: 'User preferences schema', parent: home, markdown });
  const publish: Publish = (publication, options) => workspace().publish({ ...publication, specification }, options);
  await withDatabase(before, async (db) => {
    const m = await publishing(db.connect, migration, { publish });
    const preview = await m.publish(true);
    expect(writes()).toEqual([]);
    const published = await m.publish();
    expect(published?.problems).toEqual([]);
    expect(published?.changes.map(({ where: _, ...change }) => change)).toEqual(
      preview?.changes.map(({ where: _, ...change }) => change),
    );
    const count = writes().length;
    expect((await m.update())?.changes.every(({ how }) => how === 'unchanged')).toBe(true);
    expect(writes().slice(count)).toEqual([]);
    for (const phase of ['expand', 'backfill'] as const) {
      await m.to(phase);
      expect((await m.update())?.problems).toEqual([]);
    }
    const outline = notion.outline();
    expect(outline).toMatch(/page Backfill.*\n\s+Status: Done/u);
    expect(outline).toContain('"checked":true');
    const again = writes().length;
    await m.update();
    expect(writes().slice(again)).toEqual([]);
  });
});
