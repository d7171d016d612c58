import type { z } from 'zod';
import type { Path } from './problem.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The keys a JSON Schema knows for the mapping at a path, in any of its branches. */
export function allowedKeys(schema: JsonSchema, path: Path): readonly string[] {
  const here = path.reduce<readonly JsonSchema[]>(
    (schemas, key) => schemas.flatMap((s) => below(s, key)),
    branches(schema),
  );
  return [...new Set(here.flatMap((s) => Object.keys(s.properties ?? {})))];
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function below(schema: JsonSchema, key: PropertyKey): readonly JsonSchema[] {
  const next =
    typeof key === 'number' ? schema.items : (schema.properties?.[String(key)] ?? schema.additionalProperties);
  return isSchema(next) ? branches(next) : [];
}

const branches = (schema: JsonSchema): readonly JsonSchema[] => [
  schema,
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].filter(isSchema).flatMap(branches),
];
