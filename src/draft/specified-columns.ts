import { keyOf, type Table } from '../catalog/catalog.ts';
import type { JsonPath } from '../catalog/json-structure.ts';
import { keyName } from '../operations/extract-json-mapping.ts';
import type { Clarification, SpecifiedColumn } from '../spec/requirements.ts';
import { ask } from './draft.ts';
import type { JsonSource } from './json-source.ts';
import { type DraftedColumn, placeOf } from './key-column.ts';
import { snakeCase } from './names.ts';
import { typeOf } from './specified.ts';
import { defaultOf } from './values.ts';
import type { WishOf } from './wish.ts';

export interface NamedColumn extends DraftedColumn {
  readonly name: string;
  readonly path: readonly string[];
}

export interface Specified {
  readonly columns: readonly NamedColumn[];
  /** What the key is called, where it is not what `extract_json` would call it. */
  readonly key: Readonly<Record<string, string>>;
  readonly questions: readonly Clarification[];
}

/** The columns that a specification gives a new table, each with the key that it takes. */
export function specifiedColumns(
  { columns, table: name }: WishOf<'new_table'>,
  source: JsonSource,
  paths: readonly JsonPath[],
): Specified {
  const { key, used } = keyColumns(source.table, columns);
  const rest = columns.filter((c) => !used.has(c));
  const surrogate = rest.filter((c) => c.column.toLowerCase() === 'id' && !pathOf(c, paths));
  const made = rest.filter((c) => !surrogate.includes(c)).map((c) => ({ c, path: pathOf(c, paths) }));
  return {
    columns: made.map(({ c, path }) => column(c, path)),
    key,
    questions: [
      ...surrogate.map((c) =>
        ask(
          { text: `${name}.${c.column}`, line: c.line, block: c.block },
          `Does ${name} need ${c.column}, a key of its own?`,
          `Its rows are found by the key of ${source.table.name}.`,
          'No: it is left out.',
        ),
      ),
      ...made.filter(({ path }) => !path).map(({ c }) => unknownKey(c, name, source)),
      ...made.filter(({ c }) => c.nullable === false && defaultFor(c) === null).map(({ c }) => noDefault(c, name)),
    ],
  };
}

/** The columns that are the source's key. */
function keyColumns(source: Table, columns: readonly SpecifiedColumn[]) {
  const used = new Set<SpecifiedColumn>();
  const key: Record<string, string> = {};
  for (const { name } of keyOf(source)) {
    const usual = keyName(source, name);
    const found = columns.find((c) => snakeCase(c.column) === snakeCase(usual));
    if (!found) continue;
    used.add(found);
    if (found.column !== usual) key[name] = found.column;
  }
  return { key, used };
}

/** The key of the same words: the whole path, or its end. */
function pathOf({ column }: SpecifiedColumn, paths: readonly JsonPath[]): JsonPath | null {
  const wanted = snakeCase(column);
  const called = (keys: readonly string[]) => snakeCase(keys.join('_')) === wanted;
  const leaves = paths.filter((p) => p.suggested !== 'jsonb' || p.types.array > 0);
  return (
    leaves.find((p) => called(p.path)) ??
    leaves.find((p) => p.path.some((_, i) => i > 0 && called(p.path.slice(i)))) ??
    null
  );
}

export const hasKeyFor = (columns: readonly SpecifiedColumn[], paths: readonly JsonPath[]): boolean =>
  columns.some((c) => c.column.toLowerCase() !== 'id' && pathOf(c, paths) !== null);

function column(c: SpecifiedColumn, found: JsonPath | null): NamedColumn {
  const path = found?.path ?? [c.column];
  const value = defaultFor(c);
  const type = typeOf(c) ?? found?.suggested ?? 'text';
  const misfits = found && found.suggested === type ? found.misfits : 0;
  return {
    name: c.column,
    path,
    fields: {
      ...{ type, from: placeOf(path) },
      ...(value === null ? {} : { default: value }),
      ...(c.nullable === false && value !== null ? { not_null: true } : {}),
    },
    comment: [
      c.line === null ? 'as the page says' : `as line ${c.line} says`,
      ...(found ? [] : ['no document has this key']),
      ...(misfits ? [`${misfits} do not cast and wait in quarantine`] : []),
    ].join('; '),
    closed: null,
  };
}

/** Prisma's own functions are not SQL. */
const defaultFor = ({ default: written, rule }: SpecifiedColumn) =>
  written === null || /^(?:autoincrement|cuid|uuid|dbgenerated|auto)\(/u.test(written)
    ? null
    : defaultOf(
        rule.startsWith('Prisma')
          ? written.replace(/^"(.*)"$/u, (_, text: string) => `'${text.replaceAll("'", "''")}'`)
          : written,
      );

const unknownKey = (c: SpecifiedColumn, table: string, source: JsonSource): Clarification =>
  ask(
    { text: `${table}.${c.column}`, line: c.line, block: c.block },
    `Which key of ${source.table.name}.${source.column.name} is ${table}.${c.column} to hold?`,
    'No document has a key of that name.',
    `The key ${c.column}, which no document has yet.`,
  );

const noDefault = (c: SpecifiedColumn, table: string): Clarification =>
  ask(
    { text: `${table}.${c.column}`, line: c.line, block: c.block },
    `${table}.${c.column} is to be NOT NULL: what stands there for a document that lacks the key?`,
    'Every row needs some value, and nothing says which.',
    'It may be NULL.',
  );
