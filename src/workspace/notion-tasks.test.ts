import { describe, expect, it } from 'vitest';
import { notionOf } from '../../test/support/notion-workspace.ts';
import { plan, task } from '../../test/support/publication.ts';

const select = (...names: readonly string[]) => ({ select: { options: names.map((name) => ({ name })) } });
const groups = (todo: readonly string[], progress: readonly string[], done: readonly string[]) => ({
  status: { groups: { 'To-do': todo, 'In progress': progress, Complete: done } },
});

/** What the page of one task says below its title, its own sections aside. */
async function written(
  columns: Readonly<Record<string, object>>,
  properties: Parameters<typeof task>[1],
  settings: Parameters<typeof notionOf>[1] = {},
) {
  const { publish, notion } = await notionOf({ Name: { title: {} }, ...columns }, settings);
  const { problems } = await publish({
    documents: [task('one', { priority: null, effort: null, sections: [], ...properties })],
  });
  const lines = notion.outline().split('\n');
  const at = lines.findIndex((line) => line.includes('page Do the one'));
  const said = lines.slice(at + 1).filter((line) => line.startsWith(`${lines[at]?.match(/^ */u)?.[0] ?? ''}  `));
  return { problems, lines: said.map((line) => line.trim()).filter((line) => !line.includes('Kept up to date')) };
}

describe('status, by group or by name, never by a new option', () => {
  const team = groups(['Backlog', 'Selected'], ['Cooking', 'In progress'], ['Cancelled', 'Shipped']);
  it.each([
    ['status', 'to do', team, 'Backlog'],
    ['status', 'in progress', team, 'In progress'],
    ['status', 'done', team, 'Shipped'],
    ['status without the names', 'in progress', groups(['A'], ['B', 'C'], ['D']), 'B'],
    ['select', 'to do', select('🆕 Not started', 'Doing', 'Done'), '🆕 Not started'],
    ['select', 'in progress', select('Todo', '🔨 DOING', 'Done'), '🔨 DOING'],
    ['select', 'done', select('Todo', 'Doing', 'Closed'), 'Closed'],
  ] as const)('%s, %s', async (_, status, column, option) => {
    expect(await written({ Status: column }, { status })).toEqual({ problems: [], lines: [`Status: ${option}`] });
  });

  it('says which option is missing', async () => {
    const { problems, lines } = await written({ Status: select('Red', 'Green') }, { status: 'done' });
    expect(problems).toEqual([
      'Do the one: Status has nothing for “done”. Add it in Notion, or set the property by hand.',
    ]);
    expect(lines).toEqual([]);
  });

  it('takes the only status there is, whatever its name', async () => {
    expect((await written({ Phase: groups(['A'], ['B'], ['C']) }, { status: 'done' })).lines).toEqual(['Phase: C']);
  });
});

it.each([
  ['must', select('Critical', 'High', 'Low'), 'Critical'],
  ['must', select('High', 'Medium', 'Low'), 'High'],
  ['should', select('🔴 High', '🟡 Medium', '🟢 Low'), '🟡 Medium'],
  ['could', select('P0', 'P1', 'P2', 'P3'), 'P2'],
  ['must', select('P1', 'P2', 'P3'), 'P1'],
  ['wont', select('Must', 'Should', 'Could', 'Won’t'), 'Won’t'],
  ['should', { multi_select: { options: [{ name: 'Important' }] } }, 'Important'],
  ['could', { rich_text: {} }, 'could'],
] as const)('priority: %s', async (priority, column, option) => {
  const { lines } = await written({ Status: groups(['A'], ['B'], ['C']), Priority: column }, { priority });
  expect(lines).toEqual(['Status: A', `Priority: ${option}`]);
});

it.each([
  ['select', select('Sprint 41', 'Sprint 42')],
  ['multi_select', { multi_select: { options: [{ name: 'sprint 42' }] } }],
  ['status', groups(['Sprint 41'], ['Sprint 42'], [])],
  ['rich_text', { rich_text: {} }],
  ['number', { number: { format: 'number' } }],
] as const)('sprint: %s', async (type, column) => {
  const { problems, lines } = await written(
    { Status: groups(['A'], ['B'], ['C']), Sprint: column },
    { sprint: 'Sprint 42' },
  );
  expect(problems).toEqual([]);
  expect(lines[1]?.toLowerCase()).toBe(type === 'number' ? 'sprint: 42' : 'sprint: sprint 42');
});

it('sprint: the page of a related table, or a problem', async () => {
  const { notion, home, workspace, records, spec, dataSource } = await notionOf();
  const sprints = notion.seed.database({ title: 'Sprints', parent: home }).dataSource;
  notion.seed.page({ title: 'Sprint 42', parent: sprints });
  const other = notion.seed.database({
    title: 'Work',
    parent: home,
    properties: { Name: { title: {} }, Sprint: { relation: { data_source_id: sprints, single_property: {} } } },
  });
  const options = { records, dryRun: false, signal: new AbortController().signal };
  const publish = (sprint: string, name: string) =>
    workspace({ sprint, tasks: other.dataSource }).publish(
      { specification: spec, tasks: null, documents: [task(name)] },
      options,
    );
  expect((await publish('Sprint 42', 'one')).problems).toEqual([]);
  expect(notion.outline()).toContain('Sprint: <Sprint 42>');
  expect((await publish('Sprint 43', 'two')).problems).toEqual([
    expect.stringContaining('Sprint has nothing for “Sprint 43”'),
  ]);
  expect(dataSource).not.toBe(other.dataSource);
});

it('people by the configured map, whatever the case; nobody else', async () => {
  const { notion, workspace, spec, records } = await notionOf({ Name: { title: {} }, Owner: { people: {} } });
  const ada = notion.seed.user({ name: 'Ada L.', email: 'ada@x.org' });
  const options = { records, dryRun: false, signal: new AbortController().signal };
  const publish = (assignee: string, name: string) =>
    workspace({ people: { ada } }).publish(
      { specification: spec, tasks: null, documents: [task(name, { assignee })] },
      options,
    );
  expect((await publish('Ada', 'one')).problems).toEqual([]);
  expect(notion.outline()).toContain('Owner: Ada L.');
  expect((await publish('Bob', 'two')).problems).toEqual([
    'Do the two: Owner has nothing for “Bob”. Add the id of the user to spec.notion.people.',
  ]);
});

it('dates: one for each, or one for both; effort as a number', async () => {
  const dates = { start: '2026-11-21', due: '2026-11-25', effort: 2.5, status: 'to do' as const };
  const own = await written(
    { 'Start date': { date: {} }, Deadline: { date: {} }, 'Effort (days)': { number: {} } },
    dates,
  );
  expect(own.lines.slice(0, 3)).toEqual(['Start date: 2026-11-21', 'Deadline: 2026-11-25', 'Effort (days): 2.5']);
  const both = await written({ Timeline: { date: {} } }, dates);
  expect(both.lines[0]).toBe('Timeline: 2026-11-21 to 2026-11-25');
});

it('says in the page what the table has no column for, with mentions of what comes before', async () => {
  const { publish, notion } = await notionOf({ Name: { title: {} } });
  const { problems } = await publish({
    documents: [
      plan(),
      task('one', { sections: [] }),
      task('two', { status: 'in progress', blockedBy: ['prefs/one'], sections: [] }),
    ],
  });
  expect(problems).toEqual([]);
  const [, two = ''] = notion.outline().split('page Do the two');
  const lines = two.split('\n').filter((line) => line.includes('bulleted'));
  expect(
    lines
      .slice(0, 4)
      .map((line) => [...line.matchAll(/"content":"(.*?)"|"id":"(.*?)"/gu)].map(([, a, b]) => a ?? b).join('')),
  ).toEqual(['Status: in progress', 'Priority: must', 'Effort: 2 days', 'Depends on: <Do the one>']);
});

it('leaves the relation of another table alone', async () => {
  const { notion, home, publish } = await notionOf();
  const other = notion.seed.database({ title: 'Risks', parent: home }).dataSource;
  const tasks = notion.seed.database({
    title: 'Work',
    parent: home,
    properties: { Name: { title: {} }, 'Blocked by': { relation: { data_source_id: other, single_property: {} } } },
  });
  await publish({ tasks: tasks.dataSource });
  const [, work = ''] = notion.outline().split('database Work');
  expect(work).not.toMatch(/Blocked by: </u);
  expect(work).toContain('"content":"Depends on"');
});

it('keeps every task that a person put before, also beyond the 25 that a page shows', async () => {
  const { notion, publish, request, records, dataSource } = await notionOf();
  await publish();
  const { page } = records.all.get('prefs/backfill') as { page: string };
  const { page: before } = records.all.get('prefs/migration') as { page: string };
  const others = Array.from({ length: 40 }, (_, i) => notion.seed.page({ title: `Other ${i}`, parent: dataSource }));
  const relation = (ids: readonly string[]) => ({ 'Blocked by': { relation: ids.map((id) => ({ id })) } });
  await request('PATCH', `pages/${page}`, { properties: relation([...others, before]) });
  expect((await publish()).changes[2]?.how).toBe('unchanged');
  await request('PATCH', `pages/${page}`, { properties: relation(others) });
  expect((await publish()).changes[2]?.details).toEqual(['property Blocked by: Do the migration']);
  const [, line = ''] = /Blocked by: (.*)/u.exec(notion.outline().split('page Do the backfill')[1] ?? '') ?? [];
  expect(line.split(', ')).toHaveLength(41);
});
