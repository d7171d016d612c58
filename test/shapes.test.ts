import { inject, it } from 'vitest';
import { partOf } from './support/part.ts';
import { refuses, travel, type Journey } from './support/shapes/journey.ts';
import { converting, extracting, indexing, renaming } from './support/shapes/journeys.ts';
import type { Kind, Shape } from './support/shapes/shape.ts';
import { shapes } from './support/shapes/tables.ts';

// Every kind of table through every phase and back, with writes of both versions on the way, or a refusal before anything is changed.

const journeys: Readonly<Record<Kind, (shape: Shape) => Journey>> = {
  extract_json: extracting,
  rename_column: renaming,
  change_column_type: converting,
  create_index: indexing,
};

/** On majors before the newest: what depends on the server rather than on us. */
const some =
  /a composite key|of partitions|quotes and spaces|of every kind|settings|a domain|length|CASCADE|publication/;

const cases = shapes
  .filter(({ name }) => inject('serverMajor') === 18 || some.test(name))
  .flatMap((shape) => shape.kinds.map((kind) => [shape.name, kind, shape] as const))
  .filter(([, kind, shape]) => kind !== 'change_column_type' || shape.value.into !== null);

it.concurrent.each(partOf('shapes', cases))('%s: %s', { timeout: 180_000 }, async (_name, kind, shape) => {
  const why = shape.refused?.[kind];
  await (why ? refuses(journeys[kind](shape), why) : travel(journeys[kind](shape)));
});
