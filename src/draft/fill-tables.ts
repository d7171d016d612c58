import type { JsonPath, JsonStructure } from '../catalog/json-structure.ts';
import type { RelationName } from '../sql/sql.ts';
import { allocate, homeOf, type Placed } from './allocate.ts';
import { evidenceOf } from './evidence.ts';
import type { JsonSource } from './json-source.ts';
import { keyColumn } from './key-column.ts';
import { keysOf, type Keys, startsWith } from './keys.ts';
import { unquoted } from './look-up.ts';
import { columnNamesOf, snakeCase } from './names.ts';
import { type NamedColumn, type Specified, specifiedColumns } from './specified-columns.ts';
import type { WishOf } from './wish.ts';

type NewTable = WishOf<'new_table'>;

/** A new table with its columns; without any when no key was found for it. */
export interface FilledTable {
  readonly wish: NewTable;
  readonly relation: RelationName;
  readonly specified: Specified;
  readonly columns: readonly NamedColumn[];
}

export interface Filling {
  readonly tables: readonly FilledTable[];
  readonly placed: readonly Placed[];
  /** The tables that `placed` counts: those whose columns the page does not give. */
  readonly open: readonly NewTable[];
  /** Keys that no column takes. */
  readonly left: Keys;
  /** The column that they are kept in; null when there are none. */
  readonly remainder: { readonly table: RelationName; readonly column: string } | null;
}

/** Puts the keys of a JSON column into tables. Those whose columns are given take their keys first. */
export function fillTables(source: JsonSource, wishes: readonly NewTable[], json: JsonStructure): Filling {
  const targets = wishes.map((wish) => targetOf(wish, source, json.paths));
  const taken = targets.flatMap(({ specified }) => specified.columns.map(({ path }) => path));
  const isTaken = ({ path }: JsonPath) => taken.some((other) => startsWith(path, other) || startsWith(other, path));
  const keys = keysOf(json);
  const free = keys.columns.filter((path) => !isTaken(path));
  const open = targets.filter(({ wish }) => !wish.columns.length);
  const about = { table: source.table.name, column: source.column.name };
  const relations = open.map(({ relation }) => relation);
  const placed = open.length ? allocate(free, relations, about) : [];
  const tables = targets.map((target) => {
    const own = placed.filter((p) => open[p.table] === target);
    return { ...target, columns: [...target.given, ...found(own, target, source)] };
  });
  const others = [...(open.length ? [] : free), ...keys.others.filter((path) => !isTaken(path))];
  const complete = keys.complete && !others.length;
  const filled = tables.filter(({ columns }) => columns.length);
  const home = filled.find(({ relation }) => relation === relations[homeOf(relations, about)]) ?? filled[0];
  return {
    ...{ tables, placed, open: open.map(({ wish }) => wish), left: { ...keys, others, complete } },
    remainder: complete || !home ? null : { table: home.relation, column: home.nameFor(['other']) },
  };
}

function targetOf(wish: NewTable, source: JsonSource, paths: readonly JsonPath[]) {
  const specified = specifiedColumns(wish, source, paths);
  const nameFor = columnNamesOf(source.table);
  const given = specified.columns.map((c): NamedColumn => ({ ...c, name: nameFor([c.name]) }));
  return { wish, relation: relationOf(wish.table, source.table.schema), nameFor, specified, given };
}

/** Columns for keys, named as the source names its own: in lower case with underscores, unless it has capitals itself. */
function found(placed: readonly Placed[], { nameFor }: ReturnType<typeof targetOf>, { table, column }: JsonSource) {
  const evidence = evidenceOf(table, column);
  const asWritten = table.columns.some(({ name }) => /\p{Lu}/u.test(name));
  return placed.map(({ path, stem }): NamedColumn => {
    const name = nameFor(path.path.slice(stem).map((key) => (asWritten ? key : snakeCase(key))));
    return { ...keyColumn(path, name, evidence), name, path: path.path };
  });
}

/** In the schema that is named, else in that of the source. */
function relationOf(spoken: string, schema: string): RelationName {
  const [, first, second] = /^([^."]+)\.([^."]+)$/u.exec(spoken) ?? [];
  return first !== undefined && second !== undefined
    ? { schema: first, name: second }
    : { schema, name: unquoted(spoken) };
}
