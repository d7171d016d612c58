import { describe, expect, it } from 'vitest';
import { blocksBelow, columns, idOf, notionOf } from '../../test/support/notion-workspace.ts';
import { plan, section, task } from '../../test/support/publication.ts';

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

it('works without records: pages say themselves which document they are', async () => {
  for (const own of [columns, { Name: { title: {} } }]) {
    const { publish, notion, records, writes } = await notionOf(own);
    await publish();
    const [before, count] = [notion.outline(), writes().length];
    records.all.clear();
    expect((await publish()).changes.map(({ how }) => how)).toEqual(Array(4).fill('unchanged'));
    expect(writes().slice(count)).toEqual([]);
    expect(notion.outline()).toBe(before);
    expect([...records.all.keys()].sort()).toEqual([
      'prefs/backfill',
      'prefs/migration',
      'prefs/plan',
      'prefs/plan#link',
    ]);
  }
});

it('says in a dry run what the run then does, and changes nothing', async () => {
  const { publish, notion, records } = await notionOf();
  const next = {
    documents: [plan('50 %'), task('migration', { status: 'done' }), task('index', { blockedBy: ['prefs/migration'] })],
  };
  for (const change of [{}, next, next]) {
    const [before, remembered] = [notion.outline(), [...records.all]];
    const said = await publish(change, true);
    expect(notion.outline()).toBe(before);
    expect([...records.all]).toEqual(remembered);
    const done = await publish(change);
    expect(done.problems).toEqual(said.problems);
    expect(done.changes.map(({ where: _, ...rest }) => rest)).toEqual(
      said.changes.map(({ where: _, ...rest }) => rest),
    );
  }
});

it('changes only what is to say something else: a box is ticked, nothing is written anew', async () => {
  const { publish, writes } = await notionOf();
  await publish();
  const count = writes().length;
  const done = [
    section('context', '## Context\n\nPart of [the plan](lockkeeper:prefs/plan), see [why](lockkeeper:specification).'),
    section('criteria', '## Acceptance criteria\n\n- [x] parity is exact\n- [x] rows were copied'),
  ];
  const { changes } = await publish({
    documents: [plan('50 %'), task('migration', { status: 'in progress', sections: done }), task('backfill')],
  });
  expect(changes.map(({ details }) => details)).toEqual([
    ['section progress'],
    ['property Status: Not started → Doing', 'section criteria'],
    ['property Blocked by: none'],
    [],
  ]);
  const propertyIds = writes().flatMap(({ method, body }) =>
    method === 'PATCH' ? Object.keys((body as { properties?: object }).properties ?? {}) : [],
  );
  const [statusId = '', relationId = ''] = propertyIds.slice(-2);
  expect(
    writes()
      .slice(count)
      .map(({ method, body }) => [method, body]),
  ).toEqual([
    ['PATCH', { paragraph: { rich_text: [{ type: 'text', text: { content: '50 % done', link: null } }] } }],
    ['PATCH', { properties: { [statusId]: { status: { id: expect.any(String) as string } } } }],
    ['PATCH', { to_do: { checked: true } }],
    ['PATCH', { properties: { [relationId]: { relation: [] } } }],
  ]);
});

it('takes out a section that is not published any more, and puts a new one in its place', async () => {
  const { publish, notion } = await notionOf();
  await publish();
  const [overview, , progress] = plan().sections;
  if (!overview || !progress) throw new Error('no sections');
  const { changes } = await publish({
    documents: [{ ...plan(), sections: [overview, section('risks', '## Risks\n\n1. None.'), progress] }],
  });
  expect(changes[0]?.details).toEqual(['section risks']);
  const headings = [...notion.outline().matchAll(/heading_2 .*?"content":"(.*?)"/gu)].map(([, text]) => text);
  expect(headings.slice(-3)).toEqual(['Overview', 'Risks', 'Progress']);
  expect(notion.outline()).not.toContain('Tasks"');
});

describe('what a person did', () => {
  it('stays before, between, after and inside what is ours', async () => {
    const { publish, notion, records } = await notionOf();
    await publish();
    const page = idOf(records, 'prefs/plan');
    const toggle = blocksBelow(notion, page).find(({ type }) => type === 'toggle');
    notion.seed.write(page, 'Mine first.\n\nMine between.\n\nMine at the end.\n\n- [x] mine too');
    const state = notion.snapshot();
    const all = state.children[page] ?? [];
    const [first = '', between = ''] = all.splice(-4, 2);
    all.splice(5, 0, between);
    all.unshift(first);
    notion.restore(state);
    notion.seed.write(toggle?.id ?? '', 'Mine within.');
    await publish({ documents: [{ ...plan('50 %'), sections: plan('50 %').sections.slice(2) }] });
    await publish({ documents: [{ ...plan('50 %'), sections: [] }] });
    const lines = notion.outline().split('\n');
    const at = lines.findIndex((line) => line.includes('page Implementation Plan'));
    expect(lines.slice(at + 1).map((line) => line.replace(/\{.*?"content":"(.*?)".*/u, '$1').trim())).toEqual([
      'paragraph Mine first.',
      'paragraph Mine between.',
      'toggle More',
      'bulleted_list_item one',
      'paragraph Mine within.',
      'paragraph Kept up to date by',
      'paragraph Mine at the end.',
      'to_do mine too',
    ]);
  });

  it('in properties stays, status and key aside', async () => {
    const { publish, notion, records, request, dataSource } = await notionOf();
    await publish();
    const migration = idOf(records, 'prefs/migration');
    const other = notion.seed.page({ title: 'Of a person', parent: dataSource });
    await request('PATCH', `pages/${migration}`, {
      properties: {
        Priority: { select: { name: 'Low' } },
        Status: { status: { name: 'Cancelled' } },
        Effort: { number: 8 },
        'Blocked by': { relation: [{ id: other }] },
        Name: { title: [{ text: { content: 'SQL' } }] },
      },
    });
    expect((await publish()).changes[1]?.details).toEqual(['property Status: Cancelled → Not started']);
    expect(notion.outline()).toContain(
      'page SQL\n        Status: Not started\n        Priority: Low\n        Plan key: prefs/migration\n        Blocked by: <Of a person>\n',
    );
  });

  it('a status of the same group is left', async () => {
    const { publish, records, request } = await notionOf();
    await publish({ documents: [task('migration', { status: 'in progress' })] });
    const page = idOf(records, 'prefs/migration');
    await request('PATCH', `pages/${page}`, { properties: { Status: { status: { name: 'In review' } } } });
    const { changes } = await publish({ documents: [task('migration', { status: 'in progress' })] });
    expect(changes[0]?.how).toBe('unchanged');
  });

  it('a page in the trash is not written anew', async () => {
    const { publish, notion, records } = await notionOf();
    await publish();
    notion.seed.trash(idOf(records, 'prefs/migration'));
    const { problems, changes } = await publish();
    expect(problems).toEqual([expect.stringContaining('Do the migration is in the trash of Notion')]);
    expect(changes.map(({ key }) => key)).toEqual(['prefs/plan', 'prefs/backfill', 'specification']);
  });

  it('a copy of a page is left alone, and said', async () => {
    const { publish, notion, records, dataSource } = await notionOf();
    await publish();
    records.all.delete('prefs/migration');
    notion.seed.page({
      title: 'Copy',
      parent: dataSource,
      properties: { 'Plan key': { rich_text: [{ text: { content: 'prefs/migration' } }] } },
    });
    const { problems, changes } = await publish();
    expect(problems).toEqual([expect.stringContaining('both say they are prefs/migration')]);
    expect(changes.map(({ how }) => how)).toEqual(Array(4).fill('unchanged'));
  });

  it('a link in the specification that was taken away stays away', async () => {
    const { publish, notion, spec } = await notionOf();
    await publish();
    const link = blocksBelow(notion, spec).find(({ type }) => type === 'paragraph');
    notion.seed.trash(link?.id ?? '');
    expect((await publish()).changes.at(-1)?.how).toBe('unchanged');
  });
});

it('knows its blocks again after the integration was replaced by another', async () => {
  const { publish, notion } = await notionOf();
  await publish();
  const before = notion.outline();
  const other = notion.seed.user({ name: 'Lockkeeper 2', email: '' });
  notion.restore({ ...notion.snapshot(), bot: other });
  expect((await publish()).changes.map(({ how }) => how)).toEqual(Array(4).fill('unchanged'));
  expect(notion.outline()).toBe(before);
});

it('brings a plan of 300 blocks and five levels over whole', async () => {
  const deep = (level: number): string =>
    level > 5 ? '' : [1, 2, 3].map((i) => `${'  '.repeat(level - 1)}- ${level}.${i}\n${deep(level + 1)}`).join('');
  const { publish, notion, records } = await notionOf();
  const change = { documents: [{ ...plan(), sections: [section('deep', deep(1))] }] };
  await publish(change);
  const count = (id: string): number =>
    blocksBelow(notion, id).reduce((sum, { id: child }) => sum + 1 + count(child), 0);
  expect(count(idOf(records, 'prefs/plan'))).toBe(363 + 1);
  expect((await publish(change)).changes[0]?.how).toBe('unchanged');
}, 60_000);

it('reads a specification with the block of each thing, and without our link', async () => {
  const { publish, workspace, spec, notion } = await notionOf();
  const read = () => workspace().read(spec);
  const before = await read();
  expect(before).toMatchObject({ title: 'Preferences', source: expect.stringContaining('notion.so') as string });
  const [item] = blocksBelow(notion, spec);
  expect(before.tree.children).toMatchObject([{ type: 'list', children: [{ data: { block: item?.id } }] }]);
  await publish();
  expect(await read()).toEqual(before);
  expect(await workspace().read(before.source)).toEqual(before);
});

it('reads a page of several hundred blocks in order, and not what is in its child pages', async () => {
  const { workspace, notion } = await notionOf();
  const page = notion.seed.page({
    title: 'Long',
    markdown: Array.from({ length: 250 }, (_, i) => `- ${i}\n  - below`).join('\n'),
  });
  notion.seed.page({ title: 'Child', parent: page, markdown: 'hidden' });
  const { tree } = await workspace().read(page);
  const text = JSON.stringify(tree);
  expect([...text.matchAll(/"value":"(\d+)"/gu)].map(([, n]) => Number(n))).toEqual(
    Array.from({ length: 250 }, (_, i) => i),
  );
  expect(text).not.toContain('hidden');
});

it('finds pages by their title, and none of ours', async () => {
  const { workspace, notion, spec, publish } = await notionOf();
  await publish();
  for (let i = 0; i < 120; i++) notion.seed.page({ title: `Other ${i}` });
  expect(await workspace().find('preferences')).toEqual([{ ref: spec, title: 'Preferences', found: 'title' }]);
  expect(await workspace().find('Other')).toHaveLength(120);
});

describe('what cannot be done is said, with what to share', () => {
  it.each([
    ['a wrong token', { token: 'ntn_wrong' }, 'NOTION_TOKEN', 'Notion does not accept the token.'],
    ['no token', { token: null }, 'NOTION_TOKEN', 'There is no token for Notion.'],
    ['a token with a line end', { token: 'ntn_local\n' }, 'NOTION_TOKEN', 'NOTION_TOKEN is no token'],
    ['nobody there', { baseUrl: 'http://127.0.0.1:1' }, 'NOTION_FAILED', 'Notion failed: fetch failed'],
    [
      'a task database that is not there',
      { tasks: 'Nothing' },
      'USAGE',
      'There is no such thing among the task databases',
    ],
    [
      'a parent that is not shared',
      { parent: '0123456789abcdef0123456789abcdef' },
      'NOTION_NOT_SHARED',
      'page 01234567-89ab-cdef-0123-456789abcdef',
    ],
  ])('%s', async (_, change, code, message) => {
    const { workspace, spec, records, writes } = await notionOf();
    const options = { records, dryRun: false, signal: new AbortController().signal };
    const publishing = workspace(change).publish(
      { specification: spec, tasks: null, documents: [plan(), task('a')] },
      options,
    );
    const error = await publishing.then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(JSON.stringify(error) + String(error?.stack) + String(error?.cause)).not.toMatch(/ntn_(?:local|wrong)/u);
    expect(writes().filter(({ status }) => status === 200)).toEqual([]);
  });

  it('several task databases: they are listed', async () => {
    const { publish, notion, database, dataSource } = await notionOf();
    const other = notion.seed.dataSource(database, 'Bugs');
    await expect(publish()).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`Bugs (${other})`) as string,
    });
    await expect(publish({ tasks: database })).rejects.toMatchObject({
      message: expect.stringContaining('Several data sources of this database fit') as string,
    });
    await expect(publish({ tasks: 'tasks' })).resolves.toMatchObject({ problems: [] });
    await expect(publish({ tasks: dataSource })).resolves.toMatchObject({ problems: [] });
  });

  it('a database named by its address', async () => {
    const { publish, database } = await notionOf();
    const url = `https://www.notion.so/acme/Tasks-${database.replaceAll('-', '')}?v=0123456789abcdef0123456789abcdef`;
    expect((await publish({ tasks: url })).problems).toEqual([]);
  });

  it.each(['unshare', 'trash'] as const)('a specification that is gone (%s): the rest is written', async (how) => {
    const { workspace, notion, spec, home, records } = await notionOf();
    notion.seed[how](spec);
    const options = { records, dryRun: false, signal: new AbortController().signal };
    const documents = [plan(), task('a')];
    const { problems, changes } = await workspace({ parent: home }).publish(
      { specification: spec, tasks: null, documents },
      options,
    );
    expect(problems).toEqual([expect.stringContaining(`${spec} is in the trash, or Notion does not show it`)]);
    expect(changes.map(({ key, how }) => [key, how])).toEqual([
      ['prefs/plan', 'create'],
      ['prefs/a', 'create'],
    ]);
  });

  it.each(['malformed', 'bad_gateway'] as const)('an answer that is %s again and again', async (how) => {
    const { workspace, notion, spec } = await notionOf();
    notion.inject({ how, times: 100 });
    await expect(workspace().read(spec)).rejects.toMatchObject({ code: 'NOTION_FAILED' });
    expect(notion.requests.length).toBeLessThan(10);
  });
});
