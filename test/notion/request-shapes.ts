import { languages } from '../../src/markdown/languages.ts';
import { limits } from '../../src/markdown/limits.ts';
import * as is from './check.ts';

const colors = ['gray', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'] as const;
const color = is.oneOf('default', ...colors, ...['default', ...colors].map((name) => `${name}_background`));
const selectColor = is.oneOf('default', ...colors);
const empty = is.fields({});
const id = is.fields({ id: is.uuid });

const user = is.fields({ id: is.uuid }, { object: is.oneOf('user'), name: is.orNull(is.text()) });
const dateValue = is.fields({ start: is.date }, { end: is.orNull(is.date), time_zone: is.orNull(is.text()) });

const annotations = is.fields(
  {},
  { bold: is.boolean, italic: is.boolean, strikethrough: is.boolean, underline: is.boolean, code: is.boolean, color },
);
const url = is.text(limits.url);
const mention = is.choice({
  user,
  date: dateValue,
  page: id,
  database: id,
  template_mention: is.choice({
    template_mention_date: is.oneOf('today', 'now'),
    template_mention_user: is.oneOf('me'),
  }),
});
/** What a response says besides is allowed, so that what was read can be sent back. */
const echoed = { annotations, plain_text: is.text(), href: is.orNull(is.text()) };
export const richText = is.list(
  is.choice(
    {
      text: is.fields(
        { content: is.text(limits.characters) },
        { link: is.orNull(is.fields({ url }, { type: is.oneOf('url') })) },
      ),
      mention,
      equation: is.fields({ expression: is.text(limits.equation) }),
    },
    echoed,
  ),
  limits.items,
);

const external = is.fields({ url });
export const icon = is.choice({ emoji: is.text(), external });
export const cover = is.choice({ external });

const media = is.choice({ external }, { caption: richText });
const file = is.choice({ external }, { caption: richText, name: is.text() });
const bookmark = is.fields({ url }, { caption: richText });
const linkToPage = is.choice({ page_id: is.uuid, database_id: is.uuid, comment_id: is.uuid });
const syncedFrom = is.orNull(is.fields({ block_id: is.uuid }, { type: is.oneOf('block_id') }));

/** What of a block may be left out when it is changed. */
const textual: Readonly<Record<string, is.Members>> = {
  paragraph: { color, icon },
  bulleted_list_item: { color },
  numbered_list_item: { color },
  quote: { color },
  toggle: { color },
  to_do: { color, checked: is.boolean },
  callout: { color, icon },
  template: {},
  heading_1: { color, is_toggleable: is.boolean },
  heading_2: { color, is_toggleable: is.boolean },
  heading_3: { color, is_toggleable: is.boolean },
  heading_4: { color, is_toggleable: is.boolean },
};
const language = is.oneOf(...languages);

const leaves: is.Members = {
  embed: bookmark,
  bookmark,
  image: media,
  video: media,
  pdf: media,
  audio: media,
  file,
  code: is.fields({ rich_text: richText, language }, { caption: richText }),
  equation: is.fields({ expression: is.text(limits.equation) }),
  divider: empty,
  breadcrumb: empty,
  table_of_contents: is.fields({}, { color }),
  link_to_page: linkToPage,
  table_row: is.fields({ cells: is.list(richText) }),
};

const named = { object: is.oneOf('block') };

/** A block as it is created, with as many levels below it as it may bring along. */
export function block(levels: number = limits.levels): is.Check {
  const below: is.Members = levels > 0 ? { children: is.list(block(levels - 1), limits.items) } : {};
  const texts = Object.entries(textual).map(([type, others]) => [
    type,
    is.fields({ rich_text: richText }, { ...others, ...below }),
  ]);
  return is.choice(
    {
      ...(Object.fromEntries(texts) as is.Members),
      ...leaves,
      synced_block: is.fields({ synced_from: syncedFrom }, below),
      ...(levels > 0 ? { table, tab: is.fields({ children: tabItems(levels - 1) }) } : { tab: empty }),
      ...(levels === limits.levels
        ? { column_list: is.fields({ children: is.list(column, limits.items, 2) }), column: columnContent }
        : {}),
    },
    named,
  );
}

const table = is.fields(
  {
    table_width: is.integer(1, 100),
    children: is.list(is.choice({ table_row: leaves['table_row'] ?? is.anything }, named), limits.items, 1),
  },
  { has_column_header: is.boolean, has_row_header: is.boolean },
);
const tabItems = (levels: number): is.Check => {
  const below: is.Members = levels > 0 ? { children: is.list(block(levels - 1)) } : {};
  return is.list(is.choice({ paragraph: is.fields({ rich_text: richText }, { color, icon, ...below }) }, named));
};
const columnContent: is.Check = (value, at) =>
  is.fields({ children: is.list(block(limits.levels - 1), limits.items, 1) }, { width_ratio: is.number })(value, at);
const column = is.choice({ column: columnContent }, named);

/** A block as it is changed: what is left out stays. */
export function blockChange(trash: is.Members): is.Check {
  const texts = Object.entries(textual).map(([type, { ...others }]) => [
    type,
    type === 'to_do' || type === 'callout' || type === 'paragraph'
      ? is.fields({}, { rich_text: richText, ...others })
      : is.fields({ rich_text: richText }, others),
  ]);
  const changes = {
    ...(Object.fromEntries(texts) as is.Members),
    ...leaves,
    embed: is.fields({}, { url, caption: richText }),
    bookmark: is.fields({}, { url, caption: richText }),
    image: is.fields({}, { external, caption: richText }),
    video: is.fields({}, { external, caption: richText }),
    pdf: is.fields({}, { external, caption: richText }),
    audio: is.fields({}, { external, caption: richText }),
    file: is.fields({}, { external, caption: richText, name: is.text() }),
    code: is.fields({}, { rich_text: richText, language, caption: richText }),
    tab: empty,
    synced_block: is.fields({ synced_from: syncedFrom }),
    table: is.fields({}, { has_column_header: is.boolean, has_row_header: is.boolean }),
    column: is.fields({}, { width_ratio: is.number }),
  };
  return (value, at) => {
    const nothingElse = is.isFields(value) && Object.keys(value).every((key) => key in trash || key === 'type');
    return nothingElse ? is.fields({}, { ...trash, type: is.text() })(value, at) : is.choice(changes, trash)(value, at);
  };
}

const option = is.fields(
  {},
  { id: is.text(), name: is.text(100), color: selectColor, description: is.orNull(is.text()) },
);
const contact = is.orNull(is.text(200));

/** A property's value as it is written, by type. */
export const propertyValue = is.choice(
  {
    title: richText,
    rich_text: richText,
    number: is.orNull(is.number),
    url: is.orNull(url),
    select: is.orNull(option),
    multi_select: is.list(option),
    people: is.list(user),
    email: contact,
    phone_number: contact,
    date: is.orNull(dateValue),
    checkbox: is.boolean,
    relation: is.list(id),
    files: is.list(is.choice({ external }, { name: is.text(100) })),
    status: is.orNull(option),
  },
  { id: is.text() },
);

const options = is.list(option);
const bare = [
  'title',
  'rich_text',
  'url',
  'people',
  'files',
  'email',
  'phone_number',
  'date',
  'checkbox',
  'created_by',
  'created_time',
  'last_edited_by',
  'last_edited_time',
];

/** A property as a data source declares it, by type. */
const configurations: is.Members = {
  ...Object.fromEntries(bare.map((type) => [type, empty])),
  number: is.fields({}, { format: is.text() }),
  formula: is.fields({}, { expression: is.text() }),
  select: is.fields({}, { options }),
  multi_select: is.fields({}, { options }),
  status: is.fields({}, { options }),
  unique_id: is.fields({}, { prefix: is.orNull(is.text()) }),
  relation: is.choice(
    {
      single_property: empty,
      dual_property: is.fields({}, { synced_property_id: is.text(), synced_property_name: is.text() }),
    },
    { data_source_id: is.uuid },
  ),
  rollup: is.fields(
    { function: is.text() },
    {
      relation_property_name: is.text(),
      relation_property_id: is.text(),
      rollup_property_name: is.text(),
      rollup_property_id: is.text(),
    },
  ),
};
const description = is.orNull(is.text());
export const propertyConfig = is.choice(configurations, { description, name: is.text() });

/** Also a new name alone, or null to take the property away. */
export const propertyChange = is.orNull((value, at) =>
  is.isFields(value) && Object.keys(value).every((key) => key === 'name' || key === 'description')
    ? is.fields({}, { name: is.text(), description })(value, at)
    : propertyConfig(value, at),
);

const startCursor = is.orNull(is.text());
export const paging = { start_cursor: startCursor, page_size: is.integer(1, 100) };
