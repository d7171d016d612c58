import { afterEach, describe, expect, it } from 'vitest';
import { type Notion, startNotion } from '../../test/notion/server.ts';
import { plan, publication, recordsInMemory, section, task } from '../../test/support/publication.ts';
import type { Publication } from '../publication/document.ts';
import { notionWorkspace, type NotionSettings } from './notion.ts';

const servers: Notion[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    expect(server.mistakes).toEqual([]);
    await server.close();
  }
});

/** Time that passes at once. */
const clock = { now: () => 0, sleep: () => Promise.resolve() };

const columns = {
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

async function notionOf(
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
  const publish = (change: Partial<Publication> = {}, dryRun = false, signal = new AbortController().signal) =>
    workspace().publish(publication({ specification: spec, ...change }), { records, dryRun, signal });
  const writes = () => notion.requests.filter(({ method, path }) => method !== 'GET' && !/query$|search$/u.test(path));
  return { notion, home, spec, database, dataSource, records, workspace, publish, writes };
}

it('writes a plan beside the specification and tasks into the database, linked with each other', async () => {
  const { publish, notion } = await notionOf();
  const { changes, problems } = await publish();
  expect(problems).toEqual([]);
  expect(changes.map(({ key, how, details }) => [key, how, details])).toMatchInlineSnapshot(`
    [
      [
        "prefs/plan",
        "create",
        [
          "section overview",
          "section tasks",
          "section progress",
          "section marker",
        ],
      ],
      [
        "prefs/migration",
        "create",
        [
          "property Status: Not started",
          "property Priority: High",
          "property Effort: 2",
          "property Plan key: prefs/migration",
          "section context",
          "section criteria",
        ],
      ],
      [
        "prefs/backfill",
        "create",
        [
          "property Status: Not started",
          "property Priority: High",
          "property Effort: 2",
          "property Plan key: prefs/backfill",
          "property Blocked by: Do the migration",
          "section context",
          "section criteria",
        ],
      ],
      [
        "specification",
        "update",
        [
          "link to the plan",
        ],
      ],
    ]
  `);
  expect(notion.outline()).toMatchInlineSnapshot(`
    "page Engineering
      page Preferences
        bulleted_list_item {"rich_text":[{"type":"text","text":{"content":"Target"},"annotations":["bold"]},{"type":"text","text":{"content":": a table "}},{"type":"text","text":{"content":"prefs"},"annotations":["code"]}]}
        paragraph {"rich_text":[{"type":"text","text":{"content":"Implementation plan: "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Implementation Plan: Preferences>"}},"href":"https://www.notion.so/<Implementation Plan: Preferences>"}]}
      database Tasks
        data source Tasks
          property Name: title
          property Status: status (Backlog, Not started, In review, Doing, Cancelled, Done)
          property Priority: select (High, Medium, Low)
          property Plan key: rich_text
          property Blocked by: relation
          property Blocking: relation
          property Effort: number
          page Do the backfill
            Status: Not started
            Priority: High
            Plan key: prefs/backfill
            Blocked by: <Do the migration>
            Effort: 2
            heading_2 {"rich_text":[{"type":"text","text":{"content":"Context"}}],"is_toggleable":false}
            paragraph {"rich_text":[{"type":"text","text":{"content":"Part of "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Implementation Plan: Preferences>"}},"href":"https://www.notion.so/<Implementation Plan: Preferences>"},{"type":"text","text":{"content":", see "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Preferences>"}},"href":"https://www.notion.so/<Preferences>"},{"type":"text","text":{"content":"."}}]}
            heading_2 {"rich_text":[{"type":"text","text":{"content":"Acceptance criteria"}}],"is_toggleable":false}
            to_do {"rich_text":[{"type":"text","text":{"content":"parity is exact"}}],"checked":false}
            to_do {"rich_text":[{"type":"text","text":{"content":"rows were copied"}}],"checked":true}
          page Do the migration
            Status: Not started
            Priority: High
            Plan key: prefs/migration
            Blocking: <Do the backfill>
            Effort: 2
            heading_2 {"rich_text":[{"type":"text","text":{"content":"Context"}}],"is_toggleable":false}
            paragraph {"rich_text":[{"type":"text","text":{"content":"Part of "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Implementation Plan: Preferences>"}},"href":"https://www.notion.so/<Implementation Plan: Preferences>"},{"type":"text","text":{"content":", see "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Preferences>"}},"href":"https://www.notion.so/<Preferences>"},{"type":"text","text":{"content":"."}}]}
            heading_2 {"rich_text":[{"type":"text","text":{"content":"Acceptance criteria"}}],"is_toggleable":false}
            to_do {"rich_text":[{"type":"text","text":{"content":"parity is exact"}}],"checked":false}
            to_do {"rich_text":[{"type":"text","text":{"content":"rows were copied"}}],"checked":true}
      page Implementation Plan: Preferences
        heading_2 {"rich_text":[{"type":"text","text":{"content":"Overview"}}],"is_toggleable":false}
        paragraph {"rich_text":[{"type":"text","text":{"content":"From "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Preferences>"}},"href":"https://www.notion.so/<Preferences>"},{"type":"text","text":{"content":"."}}]}
        table {"has_column_header":true,"has_row_header":false,"table_width":2}
          table_row {"cells":[[{"type":"text","text":{"content":"phase"}}],[{"type":"text","text":{"content":"risk"}}]]}
          table_row {"cells":[[{"type":"text","text":{"content":"expand"}}],[{"type":"text","text":{"content":"low"}}]]}
        heading_2 {"rich_text":[{"type":"text","text":{"content":"Tasks"}}],"is_toggleable":false}
        bulleted_list_item {"rich_text":[{"type":"mention","mention":{"type":"page","page":{"id":"<Do the migration>"}},"href":"https://www.notion.so/<Do the migration>"}]}
        bulleted_list_item {"rich_text":[{"type":"mention","mention":{"type":"page","page":{"id":"<Do the backfill>"}},"href":"https://www.notion.so/<Do the backfill>"}]}
        heading_2 {"rich_text":[{"type":"text","text":{"content":"Progress"}}],"is_toggleable":false}
        paragraph {"rich_text":[{"type":"text","text":{"content":"0 % done"}}]}
        toggle {"rich_text":[{"type":"text","text":{"content":"More"}}]}
          bulleted_list_item {"rich_text":[{"type":"text","text":{"content":"one"}}]}
        paragraph {"rich_text":[{"type":"text","text":{"content":"Kept up to date by "},"annotations":["italic"]},{"type":"text","text":{"content":"lockkeeper:prefs/plan"},"annotations":["code"]},{"type":"text","text":{"content":". What other people write on this page stays."},"annotations":["italic"]}]}"
  `);
});

it('does nothing the second time', async () => {
  const { publish, notion, writes } = await notionOf();
  await publish();
  const [before, count] = [notion.outline(), writes().length];
  const { changes } = await publish();
  expect(changes.map(({ how, details }) => [how, details])).toEqual(Array(4).fill(['unchanged', []]));
  expect(writes().slice(count)).toEqual([]);
  expect(notion.outline()).toBe(before);
});
