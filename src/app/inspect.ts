import { keyOf, type Catalog, type Column, type Table } from '../catalog/catalog.ts';
import type { JsonStructure } from '../catalog/json-structure.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import { readStatements } from '../catalog/read-statements.ts';
import type { Session } from '../database/database.ts';
import type { InspectDocument } from '../report/inspect.ts';
import type { RelationName } from '../sql/sql.ts';
import type { Deps } from './deps.ts';
import { draftExtractJson } from './draft-extract-json.ts';
import { structureOf } from './structure-of.ts';

export interface InspectInput {
  /** `table` or `schema.table`, as the database has them, without quotes. */
  readonly table: string;
  readonly column?: string;
  /** Bring the values of what looks like an enumeration; without it no value leaves the database. */
  readonly showValues: boolean;
}

/** What a table, or one column of it, is like and who uses it; for a JSON column also its structure and a migration to start from. Reads only, and leaves nothing behind. */
export async function inspect(
  deps: Deps,
  { table: named, column, showValues }: InspectInput,
): Promise<InspectDocument> {
  const journal = deps.config.journalSchema;
  const session = await deps.connect('read');
  try {
    const { catalog, table } = await findTable(session, named, journal);
    const about = column === undefined ? null : catalog.column(table, column);
    const watched = { table, columns: about ? [about.name] : [] };
    const { statements, why } = await readStatements(session, [watched], { journal });
    const json = about && isJson(about) ? await structureOf(session, catalog, table, about.name, showValues) : null;
    return {
      schema: 'lockkeeper.inspect/1',
      ...describe(table, about),
      statements,
      statementsWhy: why,
      json,
      draft: json && about ? draftExtractJson(catalog, table, about.name, json) : null,
      notes: about ? columnNotes(table, json) : table.columns.filter(isJson).map((c) => jsonNote(table, c)),
    };
  } finally {
    await session.close();
  }
}

const isJson = (c: Column) => c.baseType === 'json' || c.baseType === 'jsonb';

async function findTable(
  session: Session,
  named: string,
  journal: string,
): Promise<{ catalog: Catalog; table: Table }> {
  const candidates = readings(named);
  const catalog = await readCatalog(session, candidates, { journal });
  const found = candidates.find((c) => catalog.tables.some((t) => t.schema === c.schema && t.name === c.name));
  return { catalog, table: catalog.table(found ?? candidates[0] ?? { schema: 'public', name: named }) };
}

/** A dot may also be part of a name: what exists decides, the schema first. */
function readings(named: string): readonly RelationName[] {
  const dots = [...named.matchAll(/\./gu)].map((match) => match.index);
  const split = dots.map((at) => ({ schema: named.slice(0, at), name: named.slice(at + 1) }));
  return [...split, { schema: 'public', name: named }];
}

function describe(table: Table, column: Column | null) {
  const concerns = (used: readonly string[]) => column === null || used.includes(column.name);
  const key = keyOf(table).map((c) => c.name);
  const { count, seconds } = table.writes;
  return {
    table: {
      schema: table.schema,
      name: table.name,
      kind: table.kind,
      owner: table.owner,
      comment: table.comment,
      rows: table.rows < 0 ? null : table.rows,
      tableBytes: table.bytes,
      indexBytes: table.indexBytes,
      partitions: table.kind === 'partitioned' ? table.leaves.length : 0,
      rowSecurity: table.rowSecurity,
      publications: table.publications,
    },
    column: column?.name ?? null,
    columns: (column ? [column] : table.columns).map((c) => ({
      name: c.name,
      type: c.type,
      notNull: c.notNull,
      default: c.default,
      generated: c.generated,
      identity: c.identity,
      comment: c.comment,
      nullShare: c.nullShare,
      key: key.includes(c.name),
    })),
    constraints: table.constraints
      .filter((c) => concerns(c.columns))
      .map(({ name, definition, validated }) => ({ name, definition, validated })),
    indexes: table.indexes
      .filter((i) => concerns(i.dependsOn))
      .map(({ name, definition, bytes, valid }) => ({ name, definition, indexBytes: bytes, valid })),
    dependants: table.dependants.filter((d) => !d.columns.length || concerns(d.columns)),
    writes: { count, seconds, perSecond: seconds === null || seconds <= 0 ? null : count / seconds },
  };
}

const jsonNote = (table: Table, { name }: Column) =>
  `${name} holds JSON; its structure: lockkeeper inspect ${table.schema}.${table.name}.${name}`;

function columnNotes(table: Table, json: JsonStructure | null): readonly string[] {
  if (json === null) return [];
  const { arrays, scalars, unreadable } = json.documents;
  const misfits = json.paths.reduce((sum, p) => sum + p.misfits, 0);
  const notes: readonly (readonly [boolean, string])[] = [
    [!keyOf(table).length, 'The table has no key, which extract_json needs: add a primary key first.'],
    [arrays + scalars > 0, `${arrays + scalars} documents are no objects: they would wait in quarantine for a person.`],
    [misfits > 0, `${misfits} values do not fit the type suggested: they would wait in quarantine for a person.`],
    [unreadable > 0, `${unreadable} documents cannot be read as jsonb and are counted nowhere else.`],
  ];
  return notes.filter(([applies]) => applies).map(([, note]) => note);
}
