import { z } from 'zod';

/** What we read of the API's answers; more may be there. https://developers.notion.com/reference */
const id = z.string().min(1);
const by = z.looseObject({ id });
const parent = z.looseObject({ type: z.string() });

export const list = <T>(item: z.ZodType<T>) =>
  z.object({ results: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });

export const richText = z.array(
  z.looseObject({
    type: z.string(),
    plain_text: z.string(),
    href: z.string().nullish(),
    annotations: z.looseObject({}).optional(),
    mention: z.looseObject({ type: z.string() }).optional(),
    equation: z.object({ expression: z.string() }).optional(),
  }),
);
export type RichText = z.output<typeof richText>;

export const block = z.looseObject({
  object: z.literal('block'),
  id,
  type: z.string(),
  has_children: z.boolean(),
  created_by: by,
});
export type BlockResponse = z.output<typeof block>;

export const propertyValue = z.looseObject({ id: z.string(), type: z.string() });
export type PropertyValue = z.output<typeof propertyValue>;

export const page = z.looseObject({
  object: z.literal('page'),
  id,
  url: z.string(),
  created_time: z.string(),
  created_by: by,
  in_trash: z.boolean(),
  parent,
  properties: z.record(z.string(), propertyValue),
});
export type PageResponse = z.output<typeof page>;

export const propertySchema = z.looseObject({ id: z.string(), name: z.string(), type: z.string() });
export type PropertySchema = z.output<typeof propertySchema>;

export const dataSource = z.looseObject({
  object: z.literal('data_source'),
  id,
  title: richText,
  properties: z.record(z.string(), propertySchema),
});
export type DataSource = z.output<typeof dataSource>;

export const database = z.looseObject({
  object: z.literal('database'),
  id,
  data_sources: z.array(z.object({ id, name: z.string() })),
});

export const user = z.looseObject({ object: z.literal('user'), id });

export const anything = z.looseObject({});
