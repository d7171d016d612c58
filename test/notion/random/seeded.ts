import type { Notion } from '../server.ts';

/** A workspace with a property of every type and something of everything, to start a random run from. */
export function seedWorkspace({ seed }: Notion): void {
  const ada = seed.user({ name: 'Ada Byron', email: 'ada.byron@example.com' });
  const home = seed.page({
    title: 'Home',
    markdown: '# Goals\n\n- [ ] one\n- two\n  - three\n\n| a | b |\n| - | - |\n| 1 | 2 |',
  });
  const { dataSource: sprints } = seed.database({ title: 'Sprints', parent: home });
  const sprint = seed.page({ title: 'Sprint 1', parent: sprints });
  const { dataSource } = seed.database({
    title: 'Tasks',
    properties: {
      Name: { title: {} },
      Status: { status: { groups: { 'To-do': ['Backlog', 'Ready'], 'In progress': ['Doing'], Complete: ['Done'] } } },
      Priority: { select: { options: [{ name: 'High', color: 'red' }, { name: 'Low' }] } },
      Tags: { multi_select: { options: [{ name: 'db' }] } },
      Notes: { rich_text: {} },
      Estimate: { number: { format: 'number' } },
      Due: { date: {} },
      Owner: { people: {} },
      Sprint: { relation: { data_source_id: sprints, dual_property: {} } },
      'Blocked by': { relation: { dual_property: { synced_property_name: 'Blocking' } } },
      Related: { relation: { single_property: {} } },
      Ready: { checkbox: {} },
      Link: { url: {} },
      Mail: { email: {} },
      Phone: { phone_number: {} },
      Files: { files: {} },
      Number: { unique_id: { prefix: 'T' } },
      Created: { created_time: {} },
      Edited: { last_edited_time: {} },
      'Created by': { created_by: {} },
      'Edited by': { last_edited_by: {} },
      Computed: { formula: { expression: '1' } },
      Rolled: { rollup: { relation_property_name: 'Sprint', rollup_property_name: 'Name', function: 'count' } },
    },
  });
  const first = seed.page({ title: 'First', parent: dataSource, properties: { Owner: { people: [{ id: ada }] } } });
  seed.page({
    title: 'Second',
    parent: dataSource,
    properties: { 'Blocked by': { relation: [{ id: first }] }, Sprint: { relation: [{ id: sprint }] } },
  });
}
