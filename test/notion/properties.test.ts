import { type Client, type CreatePageParameters, isFullPage } from '@notionhq/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Notion, startNotion } from './server.ts';
import { clientOf, refusal, text } from './support.ts';

let notion: Notion;
let client: Client;
let source: string;

beforeEach(async () => {
  notion = await startNotion({ seed: 'properties' });
  client = clientOf(notion);
  const properties = {
    Name: { title: {} },
    Status: { status: { groups: { 'To-do': ['Backlog'], 'In progress': ['Doing'], Complete: ['Done'] } } },
    Priority: { select: { options: [{ name: 'High' }] } },
    Owner: { people: {} },
    Due: { date: {} },
    Estimate: { number: {} },
    Notes: { rich_text: {} },
    Ready: { checkbox: {} },
    'Blocked by': { relation: { dual_property: { synced_property_name: 'Blocking' } } },
    Edited: { last_edited_time: {} },
  };
  source = notion.seed.database({ title: 'Tasks', properties }).dataSource;
});
afterEach(async () => {
  expect(notion.mistakes).toEqual([]);
  await notion.close();
});

type Values = NonNullable<CreatePageParameters['properties']>;
const create = (name: string, properties: Values = {}) =>
  client.pages.create({
    parent: { data_source_id: source },
    properties: { Name: { title: text(name) }, ...properties },
  });
const propertiesOf = async (page_id: string) => {
  const page = await client.pages.retrieve({ page_id });
  return isFullPage(page) ? page.properties : {};
};
const refused = (properties: Values) => refusal(create('x', properties));

describe('values', () => {
  it('are refused where the data source has no such property, or another type', async () => {
    expect(await refused({ Nothing: { checkbox: true }, Estimate: { rich_text: text('3') } })).toBe(
      'validation_error: Nothing is not a property that exists. Estimate is expected to be number.',
    );
    expect(await refused({ Edited: { rich_text: [] } })).toContain('Edited is expected to be last_edited_time.');
    expect(await refused({ Estimate: { number: '3' as unknown as number } })).toContain(
      'body.properties.Estimate.number should be a number or `null`, instead was `"3"`.',
    );
    expect(await refused({ Due: { date: { start: 'tomorrow' } } })).toContain(
      'Due.date.start should be a valid ISO 8601 date',
    );
  });

  it('of a page below a page are its title alone', async () => {
    const parent = { page_id: notion.seed.page({ title: 'Parent' }) };
    await client.pages.create({ parent, properties: { title: { title: text('Child') } } });
    expect(await refusal(client.pages.create({ parent, properties: { Ready: { checkbox: true } } }))).toContain(
      'Ready is not a property that exists.',
    );
  });

  it('learn an option of a select, never one of a status', async () => {
    const { id } = await create('A', { Priority: { select: { name: 'Low' } }, Status: { status: { name: 'Doing' } } });
    expect(await propertiesOf(id)).toMatchObject({
      Priority: { select: { name: 'Low' } },
      Status: { status: { name: 'Doing' } },
    });
    expect(await client.dataSources.retrieve({ data_source_id: source })).toMatchObject({
      properties: { Priority: { select: { options: [{ name: 'High' }, { name: 'Low' }] } } },
    });
    expect(await refused({ Status: { status: { name: 'Paused' } } })).toBe(
      "validation_error: Invalid status value for property 'Status': 'Paused'. Value must be one of the following: 'Backlog', 'Doing', 'Done'.",
    );
    expect(await refused({ Priority: { select: { name: 'a, b' } } })).toContain('commas not allowed');
  });

  it('are cleared by null or nothing, and only those that are named change', async () => {
    const { id } = await create('A', {
      Due: { date: { start: '2026-01-01' } },
      Priority: { select: { name: 'High' } },
    });
    await client.pages.update({ page_id: id, properties: { Due: { date: null } } });
    expect(await propertiesOf(id)).toMatchObject({ Due: { date: null }, Priority: { select: { name: 'High' } } });
  });

  it('can be named by id', async () => {
    const { properties } = await client.dataSources.retrieve({ data_source_id: source });
    const { id } = await create('A', { [properties['Ready']?.id ?? '']: { checkbox: true } });
    expect(await propertiesOf(id)).toMatchObject({ Ready: { checkbox: true } });
  });

  it('name people and pages that are there', async () => {
    const ada = notion.seed.user({ name: 'Ada', email: 'ada@example.org' });
    const { id } = await create('A', { Owner: { people: [{ id: ada }] } });
    expect(await propertiesOf(id)).toMatchObject({
      Owner: { people: [{ name: 'Ada', person: { email: 'ada@example.org' } }] },
    });
    expect(await refused({ Owner: { people: [{ id: source }] } })).toContain(`Could not find user with ID: ${source}`);
    const elsewhere = notion.seed.page({ title: 'Elsewhere' });
    expect(await refused({ 'Blocked by': { relation: [{ id: elsewhere }] } })).toContain(
      'not in the related data source',
    );
  });
});

describe('relations', () => {
  const relatedTo = async (id: string, name: string) => {
    const property = (await propertiesOf(id))[name];
    return property?.type === 'relation' ? property.relation.map((one) => one.id) : null;
  };

  it('are seen from the other side, and a change replaces all', async () => {
    const [a, b, c] = await Promise.all([create('A'), create('B'), create('C')]);
    const set = (...ids: string[]) =>
      client.pages.update({ page_id: c.id, properties: { 'Blocked by': { relation: ids.map((id) => ({ id })) } } });
    await set(a.id, b.id);
    expect([await relatedTo(a.id, 'Blocking'), await relatedTo(b.id, 'Blocking')]).toEqual([[c.id], [c.id]]);
    await set(b.id);
    expect([await relatedTo(a.id, 'Blocking'), await relatedTo(b.id, 'Blocking')]).toEqual([[], [c.id]]);
  });

  it('of more than twenty-five pages go on at the address of the property', async () => {
    const others = await Promise.all(Array.from({ length: 30 }, (_, i) => create(`T${i}`)));
    const { id } = await create('A', { 'Blocked by': { relation: others.map((other) => ({ id: other.id })) } });
    expect((await propertiesOf(id))['Blocked by']).toMatchObject({ has_more: true, relation: { length: 25 } });
    const property_id = (await propertiesOf(id))['Blocked by']?.id ?? '';
    const first = await client.pages.properties.retrieve({ page_id: id, property_id, page_size: 20 });
    expect(first).toMatchObject({ object: 'list', has_more: true, results: { length: 20 } });
    const start_cursor = first.object === 'list' ? first.next_cursor : null;
    expect(await client.pages.properties.retrieve({ page_id: id, property_id, start_cursor })).toMatchObject({
      has_more: false,
      results: { length: 10 },
    });
  });
});

describe('the schema', () => {
  const change = (properties: object) =>
    client.dataSources.update({ data_source_id: source, properties: properties as Record<string, null> });
  const optionsIn = async () => {
    const { properties } = await client.dataSources.retrieve({ data_source_id: source });
    const status = properties['Status'];
    if (status?.type !== 'status') return null;
    const { groups, options } = status.status;
    return groups.map(({ option_ids }) => options.filter(({ id }) => option_ids.includes(id)).map(({ name }) => name));
  };

  it('takes options of a status in, as to do; leaves out those left out, and never recolours', async () => {
    const status = (...names: readonly string[]) => ({
      Status: { status: { options: names.map((name) => ({ name })) } },
    });
    await change(status('Backlog', 'Doing', 'Done', 'Waiting'));
    expect(await optionsIn()).toEqual([['Backlog', 'Waiting'], ['Doing'], ['Done']]);
    await change(status('Backlog', 'Done'));
    expect(await optionsIn()).toEqual([['Backlog'], [], ['Done']]);
    expect(await refusal(change({ Status: { status: { options: [{ name: 'Done', color: 'pink' }] } } }))).toContain(
      'Cannot update color of select with id',
    );
  });

  it('keeps values through a new name', async () => {
    const { id } = await create('A', { Ready: { checkbox: true } });
    await change({ Ready: { name: 'Reviewed' } });
    expect(await propertiesOf(id)).toMatchObject({ Reviewed: { checkbox: true } });
    expect(await refusal(change({ Name: null }))).toContain('Cannot delete title property.');
  });

  it('of a database with two data sources must be named by its own id', async () => {
    const { database, dataSource } = notion.seed.database({ title: 'Two' });
    const parent = { database_id: database };
    expect(await client.pages.create({ parent, properties: {} })).toMatchObject({
      parent: { type: 'data_source_id', data_source_id: dataSource, database_id: database },
    });
    notion.seed.dataSource(database, 'Second');
    expect(await refusal(client.pages.create({ parent, properties: {} }))).toContain('multiple data sources');
    expect(await client.databases.retrieve({ database_id: database })).toMatchObject({
      data_sources: [{ id: dataSource, name: 'Two' }, { name: 'Second' }],
    });
  });
});
