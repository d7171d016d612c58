import { writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { configJsonSchema } from '../src/app/config.ts';
import { migrationJsonSchema } from '../src/migration/json-schema.ts';
import { documentJsonSchemas } from '../src/report/json-schemas.ts';

const schemas = { migration: migrationJsonSchema(), config: configJsonSchema(), ...documentJsonSchemas() };

/** Writes the published JSON Schemas: `npx jiti scripts/build-schemas.ts`. */
for (const [name, schema] of Object.entries(schemas)) {
  const path = new URL(`../schemas/${name}.schema.json`, import.meta.url);
  await writeFile(path, await format(JSON.stringify(schema), { parser: 'json', singleQuote: true, printWidth: 120 }));
}
