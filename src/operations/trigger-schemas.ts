import type { Catalog, Table } from '../catalog/catalog.ts';
import { schemaUnsafe } from './errors.ts';

/**
 * Where triggers of the application that our writes fire look for names without a schema: beside the tables and in public, as in
 * most sessions, but nowhere that others could put a function for our role to run.
 */
export function triggerSchemas(
  catalog: Catalog,
  table: Table,
  others: readonly string[],
): { readonly lookIn: readonly string[]; readonly notes: readonly string[] } {
  const wanted = [...new Set([table.schema, ...others, 'public'])];
  const found = wanted.flatMap((name) => catalog.schemas.filter((s) => s.name === name));
  const unsafe = found.filter((s) => s.creators.length > 0);
  for (const schema of unsafe) if (schema.namedBy.length) throw schemaUnsafe(schema, catalog.server.user);
  return {
    lookIn: found.filter((s) => !unsafe.includes(s)).map((s) => s.name),
    notes: [
      ...unsafe.map(
        (s) =>
          `${whoCreates(s.creators)} may create objects in the schema ${s.name}: triggers of yours that our writes fire do not look there for names without a schema.`,
      ),
      ...whoMayActThroughTriggers(catalog, table),
    ],
  };
}

const whoCreates = (creators: readonly (string | null)[]): string =>
  creators.map((role) => role ?? 'Every role').join(', ');

/** A trigger of the application runs as whoever writes the row, and now that is also us. */
function whoMayActThroughTriggers({ server }: Catalog, table: Table): readonly string[] {
  const may = [
    ...(table.owner === server.user ? [] : [table.owner]),
    ...table.grants
      .filter((g) => g.privilege === 'TRIGGER' && g.grantee !== table.owner && g.grantee !== server.user)
      .map((g) => g.grantee ?? 'every role'),
  ];
  return may.length
    ? [
        `Until contract, triggers on ${table.name} also run with the rights of ${server.user}, when our writes fire them. Who may put a trigger there: ${[...new Set(may)].join(', ')}.`,
      ]
    : [];
}
