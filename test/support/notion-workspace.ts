import { afterEach, expect } from 'vitest';
import type { Publication } from '../../src/publication/document.ts';
import { notionWorkspace, type NotionSettings } from '../../src/workspace/notion.ts';
import { type Notion, startNotion } from '../notion/server.ts';
import { publication, recordsInMemory } from './publication.ts';

const servers: Notion[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    expect(server.mistakes).toEqual([]);
    await server.close();
  }
});

/** Time that passes at once. */
const clock = { now: () => 0, sleep: () => Promise.resolve() };

export const columns = {
  Name: { title: {} },
  Status: {
    status: {
      groups: {
        'To-do': ['Backlog', 'Not started'],
        'In progress': ['In review', 'Doing'],
        Complete: ['Cancelled', 'Done'],
      },
    },
  },
  Priority: { select: { options: [{ name: 'High' }, { name: 'Medium' }, { name: 'Low' }] } },
  'Plan key': { rich_text: {} },
  'Blocked by': { relation: { dual_property: { synced_property_name: 'Blocking' } } },
  Effort: { number: { format: 'number' } },
};

const SPEC = '- **Target**: a table `prefs`\n';

/** A workspace with a specification and a task database, and what publishes into it. */
export async function notionOf(
  properties: Readonly<Record<string, object>> = columns,
  settings: Partial<NotionSettings> = {},
) {
  const notion = await startNotion({ seed: 'w' });
  servers.push(notion);
  const home = notion.seed.page({ title: 'Engineering' });
  const spec = notion.seed.page({ title: 'Preferences', parent: home, markdown: SPEC });
  const { database, dataSource } = notion.seed.database({
    title: 'Tasks',
    parent: home,
    properties: properties as never,
  });
  const records = recordsInMemory();
  const workspace = (change: Partial<NotionSettings> = {}) =>
    notionWorkspace({
      token: notion.token,
      baseUrl: notion.url,
      clock,
      parent: null,
      tasks: null,
      people: {},
      sprint: null,
      ...settings,
      ...change,
    });
  const publish = (change: Partial<Publication> = {}, dryRun = false) =>
    workspace().publish(publication({ specification: spec, ...change }), {
      records,
      dryRun,
      signal: new AbortController().signal,
    });
  const writes = () => notion.requests.filter(({ method, path }) => method !== 'GET' && !/query$|search$/u.test(path));
  /** As somebody else with the same token. */
  const request = async (method: string, path: string, body: object): Promise<void> => {
    const headers = {
      authorization: `Bearer ${notion.token}`,
      'notion-version': '2026-03-11',
      'content-type': 'application/json',
    };
    const answer = await fetch(`${notion.url}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    expect(answer.status, await answer.text()).toBe(200);
  };
  return { request, notion, home, spec, database, dataSource, records, workspace, publish, writes };
}

type Records = ReturnType<typeof recordsInMemory>;

/** The page that is remembered for a document. */
export const idOf = (records: Records, key: string): string => (records.all.get(key) as { page: string }).page;

/** Blocks that are shown below a page or block, without the trash. */
export const blocksBelow = (notion: Notion, id: string) => {
  const { things, children } = notion.snapshot();
  return (children[id] ?? []).flatMap((child) => {
    const thing = things[child];
    return thing?.kind === 'block' && !thing.trashed ? [thing] : [];
  });
};
