import { type Fields, isFields } from './check.ts';
import { checkboxTest, dateTest, listTest, numberTest, optionTest, textTest } from './conditions.ts';
import { invalid } from './errors.ts';
import { findProperty, valueOf } from './property-values.ts';
import { unknownProperty } from './property-configs.ts';
import { instant } from './render-user.ts';
import { plainTextOf } from './rich-text.ts';
import type { DataSource, Page, RichText } from './state.ts';
import type { World } from './world.ts';

type Test = (page: Page) => boolean;

/** A filter of a query as a test of pages. Throws for what the data source has not. */
export function filterOf(world: World, source: DataSource, filter: Fields): Test {
  const { and, or, timestamp, property: key } = filter;
  if (Array.isArray(and)) return every(and.map((one) => filterOf(world, source, one as Fields)));
  if (Array.isArray(or)) return some(or.map((one) => filterOf(world, source, one as Fields)));
  if (timestamp === 'created_time' || timestamp === 'last_edited_time') {
    const test = dateTest(asCondition(filter[timestamp]), world.now);
    return (page) => test(instant(timestamp === 'created_time' ? page.created : page.edited));
  }
  if (typeof key !== 'string')
    throw invalid('body failed validation: body.filter.property should be defined, instead was `undefined`.');
  const property = findProperty(source.properties, key);
  if (!property) throw unknownProperty(key);
  const type = Object.keys(filter).find((name) => isFields(filter[name])) ?? '';
  if (type !== property.type) throw invalid(`database property ${property.type} does not match filter ${type}`);
  const test = tests[type]?.(filter[type] as Fields, world);
  if (!test) throw invalid(`This server does not filter by ${type}.`);
  return (page) => test(valueOf(world, page, property));
}

const asCondition = (value: unknown): Fields => {
  if (isFields(value)) return value;
  throw invalid('body failed validation: body.filter should hold a condition on a date.');
};

const every =
  (tests: readonly Test[]): Test =>
  (page) =>
    tests.every((test) => test(page));
const some =
  (tests: readonly Test[]): Test =>
  (page) =>
    tests.some((test) => test(page));

type ValueTest = (value: unknown) => boolean;

/** By the property's type: a condition as a test of values. */
const tests: Readonly<Record<string, (condition: Fields, world: World) => ValueTest>> = {
  title: (condition) => (value) => textTest(condition)(plainTextOf(value as RichText)),
  rich_text: (condition) => (value) => textTest(condition)(plainTextOf(value as RichText)),
  url: (condition) => (value) => textTest(condition)((value as string | null) ?? ''),
  email: (condition) => (value) => textTest(condition)((value as string | null) ?? ''),
  phone_number: (condition) => (value) => textTest(condition)((value as string | null) ?? ''),
  select: (condition) => (value) => optionTest(condition)(namesOf(value)),
  status: (condition) => (value) => optionTest(condition)(namesOf(value)),
  multi_select: (condition) => (value) => listTest(condition)(namesOf(value)),
  people: (condition, world) => (value) => listTest(asMe(world, condition))(idsOf(value)),
  relation: (condition) => (value) => listTest(condition)(idsOf(value)),
  created_by: (condition, world) => (value) => listTest(asMe(world, condition))(idsOf(value)),
  last_edited_by: (condition, world) => (value) => listTest(asMe(world, condition))(idsOf(value)),
  files: (condition) => (value) => listTest(condition)(namesOf(value)),
  checkbox: (condition) => checkboxTest(condition),
  number: (condition) => numberTest(condition),
  unique_id: (condition) => (value) => numberTest(condition)((value as Fields)['number']),
  date: (condition, world) => (value) => dateTest(condition, world.now)(isFields(value) ? value['start'] : null),
  created_time: (condition, world) => dateTest(condition, world.now),
  last_edited_time: (condition, world) => dateTest(condition, world.now),
};

const each = (value: unknown): readonly Fields[] =>
  value === null ? [] : ((Array.isArray(value) ? value : [value]) as readonly Fields[]);
const namesOf = (value: unknown): readonly unknown[] => each(value).map(({ name }) => name);
const idsOf = (value: unknown): readonly unknown[] => each(value).map(({ id }) => id);

const asMe = ({ state }: World, condition: Fields): Fields =>
  Object.fromEntries(Object.entries(condition).map(([key, value]) => [key, value === 'me' ? state.bot : value]));
