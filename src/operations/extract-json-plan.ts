import { keyOf, type Catalog, type Table } from '../catalog/catalog.ts';
import { compileTableMapping } from '../mappings/compile-table-mapping.ts';
import { dataMove } from './data-move.ts';
import { nameTaken } from './errors.ts';
import type { ExtractJson } from './extract-json-fields.ts';
import { checkSource, mappingOf, shapeOf, type Shape } from './extract-json-mapping.ts';
import { phasesOf } from './extract-json-phases.ts';
import type { OperationPlan, PlanContext } from './operation.ts';
import { constraintsOf } from './old-constraints.ts';
import { publicationNotes } from './source-checks.ts';
import { triggerSchemas } from './trigger-schemas.ts';

/** The five phases of a JSON column becoming tables. */
export function planExtractJson(f: ExtractJson, catalog: Catalog, context: PlanContext): OperationPlan {
  const source = checkSource(f, catalog);
  const shapes = f.into.map((t) => shapeOf(f, t, context));
  for (const { table } of shapes) if (catalog.has(table)) throw nameTaken(table.schema, table.name);
  const schemas = triggerSchemas(
    catalog,
    source,
    shapes.map((s) => s.table.schema),
  );
  const mapping = mappingOf(f, source, shapes, context, catalog.server.major, schemas.lookIn);
  const compiled = compileTableMapping(mapping);
  return {
    phases: phasesOf({ f, source, shapes, m: mapping }),
    mappings: [compiled],
    risks: [],
    newTables: shapes.map((s) => s.table),
    removed: [{ table: f.table, column: f.column, replacedBy: shapes.map((s) => s.table.name).join(', ') }],
    moves: [
      dataMove(
        `${f.table.name}.${f.column}`,
        shapes.map((s) => s.table.name),
        source.rows,
        f.remainder === 'drop'
          ? ['Keys that no column takes are not copied; they stay in the archived column until it is purged.']
          : [],
      ),
    ],
    notes: [
      `Every row of ${f.table.name} gets one row in ${shapes.map((s) => s.table.name).join(' and ')}, found by ${mapping.key.map((k) => k.target).join(', ')}.`,
      'New code may write the new tables from the end of the dual-write phase on, and not before.',
      'Transactions that write both shapes of one row can deadlock with each other: take the row of ' +
        `${f.table.name} first, for example SELECT … FOR NO KEY UPDATE.`,
      `DELETE on a new table removes the row's keys from ${f.column}; until contract the row comes back with its defaults at commit.`,
      `TRUNCATE of a new table updates every row of ${f.table.name} until contract.`,
      ...constraintsOf(source, f.column)
        .filter((c) => c.type === 'check')
        .map(
          (c) =>
            `Rows that new code inserts have the default in ${f.column}: from dual-write to contract it must pass the check ${c.name}.`,
        ),
      ...source.triggers.map(
        (t) => `The trigger ${t.name} may use ${f.column} in its function: change it before contract.`,
      ),
      ...publicationNotes(source, { tables: shapes.map((s) => s.table) }),
      ...(f.foreign_key
        ? [`Once the foreign keys exist, TRUNCATE ${f.table.name} needs CASCADE: PostgreSQL refuses it otherwise.`]
        : []),
      ...schemas.notes,
      ...rightsNotes(source, shapes),
    ],
  };
}

/** What is not carried over, and what roles need that new code uses. */
function rightsNotes(source: Table, shapes: readonly Shape[]): readonly string[] {
  const tables = shapes.map((s) => s.table.name).join(' and ');
  const key = keyOf(source).map((k) => k.name);
  return [
    ...(source.rowSecurity
      ? [
          `Row-level security: a row of ${tables} is for whoever may see its row in ${source.name} by the policies there. Roles that use the new tables need SELECT on ${source.name} (${key.join(', ')}).`,
        ]
      : []),
    ...(source.rowSecurity && source.triggers.length
      ? [`Triggers of ${source.name} that our writes fire run without row-level security.`]
      : []),
    ...(source.publications.length && source.replicaIdentity !== 'default' && source.replicaIdentity !== 'full'
      ? [
          `The replica identity of ${source.name} (${source.replicaIdentity}) is not carried over: the new tables have their primary key.`,
        ]
      : []),
  ];
}

/** Later operations see the new tables; the old column leaves. */
export function projectExtractJson(f: ExtractJson, catalog: Catalog): Catalog {
  const source = catalog.table(f.table);
  return catalog.withTable({ ...source, columns: source.columns.filter((c) => c.name !== f.column) });
}
