import { afterEach, expect, it } from 'vitest';
import { seedWorkspace } from './random/seeded.ts';
import { type Notion, startNotion } from './server.ts';
import { clientOf, paragraph, text } from './support.ts';

const running: Notion[] = [];
const start = async (...args: Parameters<typeof startNotion>): Promise<Notion> => {
  const notion = await startNotion(...args);
  running.push(notion);
  return notion;
};
afterEach(async () => {
  expect(running.flatMap(({ mistakes }) => mistakes)).toEqual([]);
  await Promise.all(running.splice(0).map((notion) => notion.close()));
});

it('is the same for the same seed and the same requests', async () => {
  const run = async (seed: string) => {
    const notion = await start({ seed });
    seedWorkspace(notion);
    const parent = { page_id: notion.seed.page({ title: 'Parent' }) };
    await clientOf(notion).pages.create({
      parent,
      properties: { title: { title: text('Child') } },
      children: [paragraph('x')],
    });
    return notion;
  };
  const [a, b, c] = [await run('one'), await run('one'), await run('two')];
  expect(a.snapshot()).toEqual(b.snapshot());
  expect(c.snapshot()).not.toEqual(a.snapshot());
  expect(c.outline()).toBe(a.outline());
});

it('goes on from a snapshot', async () => {
  const first = await start({ seed: 'first' });
  seedWorkspace(first);
  const state = JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<Notion['snapshot']>;
  const second = await start({ seed: 'second', state });
  expect(second.outline()).toBe(first.outline());
  second.seed.page({ title: 'More' });
  expect(second.outline()).not.toBe(first.outline());
  second.restore(state);
  expect(second.outline()).toBe(first.outline());
});

it('says what is in it, without ids and times', async () => {
  const notion = await start();
  const page = notion.seed.page({ title: 'Plan', markdown: '- [x] done' });
  const { dataSource } = notion.seed.database({
    title: 'Tasks',
    properties: { Name: { title: {} }, Ready: { checkbox: {} } },
  });
  notion.seed.page({ title: 'Task', parent: dataSource, properties: { Ready: { checkbox: true } } });
  notion.seed.page({ title: 'Link', markdown: `See <mention page="${page}">Plan</mention>.` });
  expect(notion.outline()).toMatchInlineSnapshot(`
    "page Plan
      to_do {"rich_text":[{"type":"text","text":{"content":"done"}}],"checked":true}
    database Tasks
      data source Tasks
        property Name: title
        property Ready: checkbox
        page Task
          Ready: true
    page Link
      paragraph {"rich_text":[{"type":"text","text":{"content":"See "}},{"type":"mention","mention":{"type":"page","page":{"id":"<Plan>"}},"href":"https://www.notion.so/<Plan>"},{"type":"text","text":{"content":"."}}]}"
  `);
});

it('can be looked at in a browser', async () => {
  const notion = await start();
  const page = notion.seed.page({
    title: 'A <b>',
    markdown: '# Goals\n\n- [x] done & more\n\n| a |\n| - |\n| 1 |\n\n```sql\nSELECT 1 < 2\n```',
  });
  const { database, dataSource } = notion.seed.database({
    title: 'Tasks',
    properties: { Name: { title: {} }, Status: { status: {} } },
  });
  const task = notion.seed.page({
    title: 'Task',
    parent: dataSource,
    properties: { Status: { status: { name: 'Done' } } },
  });
  const see = async (path: string) => (await fetch(`${notion.url}/view${path}`)).text();
  expect(await see('')).toContain(`<a href="/view/${page}">A &lt;b&gt;</a>`);
  const shown = await see(`/${page.replaceAll('-', '')}`);
  expect(shown).toContain('<h2>Goals</h2>');
  expect(shown).toContain('<input type="checkbox" checked disabled /> done &amp; more');
  expect(shown).toContain('<th>a</th>');
  expect(shown).toContain('SELECT 1 &lt; 2');
  expect(await see(`/${database}`)).toMatch(
    new RegExp(`<td><a href="/view/${task}">Task</a></td>\\s*<td><span class="option">Done</span></td>`, 'u'),
  );
  expect(await see('/nothing')).toBe('Not found');
  expect(notion.requests).toEqual([]);
});
