import fc from 'fast-check';

/** Text of all lengths, too long ones seldom. */
const content = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(2000), 'x'.repeat(2001), '') },
);
const text = fc.record({ content }, { noNullPrototype: true });
export const richText = fc.array(fc.record({ text }, { noNullPrototype: true }), { maxLength: 3 });
const day = fc.constantFrom('2026-01-05', '2026-02-28T10:00:00Z', '2025-12-31', 'soon');
const object = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { noNullPrototype: true });
const optionOf = (...names: readonly string[]) => object({ name: fc.constantFrom(...names) });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });

/** Stands for an id that exists when the request is sent; the number chooses. */
export const some = (kind: 'page' | 'user' | 'block' | 'row') => fc.nat(50).map((n) => `<${kind} ${n}>`);
const ids = (kind: 'page' | 'user' | 'row') => fc.uniqueArray(object({ id: some(kind) }), { maxLength: 3 });

/** Values for the properties of the seeded task database, right ones mostly. */
const byName = {
  Name: object({ title: richText }),
  Status: object({ status: orNull(optionOf('Backlog', 'Doing', 'Done', 'Nowhere')) }),
  Priority: object({ select: orNull(optionOf('High', 'Low', 'New', 'a,b')) }),
  Tags: object({ multi_select: fc.array(optionOf('db', 'ui', 'new'), { maxLength: 3 }) }),
  Notes: object({ rich_text: richText }),
  Estimate: object({ number: orNull(fc.oneof(fc.integer(), fc.constant(0.5))) }),
  Due: object({ date: orNull(object({ start: day })) }),
  Owner: object({ people: ids('user') }),
  'Blocked by': object({ relation: ids('row') }),
  Related: object({ relation: ids('row') }),
  Ready: object({ checkbox: fc.boolean() }),
  Link: object({ url: orNull(fc.webUrl()) }),
  Mail: object({ email: orNull(fc.emailAddress()) }),
  Phone: object({ phone_number: orNull(fc.constant('+49 30 1234')) }),
  Files: object({
    files: fc.array(object({ name: fc.constant('a'), external: object({ url: fc.webUrl() }) }), { maxLength: 2 }),
  }),
  Number: object({ number: fc.integer() }),
  Edited: object({ rich_text: richText }),
  Nothing: object({ checkbox: fc.boolean() }),
};
const wrong = ['Number', 'Edited', 'Nothing'] as const;
const right = Object.keys(byName).filter((name) => !wrong.some((other) => other === name));

export const values = fc
  .tuple(
    fc.subarray(right, { maxLength: 4 }),
    fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, fc.constantFrom(...wrong)),
  )
  .chain(([names, mistake]) => {
    const chosen = [...names, ...(mistake === null ? [] : [mistake])];
    const members = Object.fromEntries(chosen.map((name) => [name, byName[name as keyof typeof byName]]));
    return fc.record(members, { noNullPrototype: true });
  });

const textCondition = fc.oneof(
  ...['equals', 'does_not_equal', 'contains', 'does_not_contain', 'starts_with', 'ends_with'].map((operator) =>
    fc.constantFrom('First', 'e', '').map((wanted) => ({ [operator]: wanted })),
  ),
  fc.constantFrom({ is_empty: true }, { is_not_empty: true }),
);
const optionCondition = fc.constantFrom(
  { equals: 'Done' },
  { does_not_equal: 'Done' },
  { is_empty: true },
  { equals: ['High', 'Low'] },
);
const listCondition = (kind: 'row' | 'user') =>
  fc.oneof(
    some(kind).map((id) => ({ contains: id })),
    some(kind).map((id) => ({ does_not_contain: id })),
    fc.constant({ is_empty: true }),
  );
const numberCondition = fc.constantFrom(
  { greater_than: 1 },
  { less_than_or_equal_to: 0 },
  { equals: 1 },
  { is_not_empty: true },
);
const dateCondition = fc.constantFrom(
  ...[
    { on_or_after: '2026-01-01' },
    { before: 'today' },
    { equals: '2026-01-05' },
    { is_empty: true },
    { after: 'one_week_ago' },
  ],
);
const condition = (property: string, type: string, arbitrary: fc.Arbitrary<object>) =>
  arbitrary.map((one) => ({ property, [type]: one }));

const oneFilter = fc.oneof(
  condition('Name', 'title', textCondition),
  condition('Notes', 'rich_text', textCondition),
  condition('Link', 'url', textCondition),
  condition('Status', 'status', optionCondition),
  condition('Priority', 'select', optionCondition),
  condition('Tags', 'multi_select', fc.constantFrom({ contains: 'db' }, { does_not_contain: 'db' })),
  condition('Estimate', 'number', numberCondition),
  condition('Number', 'unique_id', numberCondition),
  condition('Due', 'date', dateCondition),
  condition('Owner', 'people', listCondition('user')),
  condition('Blocked by', 'relation', listCondition('row')),
  condition('Ready', 'checkbox', fc.constantFrom({ equals: true }, { does_not_equal: true })),
  condition('Created', 'created_time', dateCondition),
  condition('Nothing', 'checkbox', fc.constant({ equals: true })),
  condition('Status', 'select', fc.constant({ equals: 'Done' })),
  dateCondition.map((last_edited_time) => ({ timestamp: 'last_edited_time', last_edited_time })),
);
export const filter = fc.oneof(
  oneFilter,
  fc.array(oneFilter, { maxLength: 3 }).map((and) => ({ and })),
  fc
    .array(
      fc.oneof(
        oneFilter,
        fc.array(oneFilter, { maxLength: 2 }).map((and) => ({ and })),
      ),
      { maxLength: 3 },
    )
    .map((or) => ({ or })),
);
export const sorts = fc.array(
  fc.oneof(
    fc.record(
      {
        property: fc.constantFrom('Name', 'Status', 'Due', 'Estimate', 'Number', 'Ready'),
        direction: fc.constantFrom('ascending', 'descending'),
      },
      { noNullPrototype: true },
    ),
    fc.constantFrom(
      { timestamp: 'created_time', direction: 'descending' },
      { timestamp: 'last_edited_time', direction: 'ascending' },
    ),
  ),
  { maxLength: 2 },
);
