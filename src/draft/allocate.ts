import type { JsonPath } from '../catalog/json-structure.ts';
import type { RelationName } from '../sql/sql.ts';
import { sameWord, wordsOf } from './names.ts';

/** Where a key goes. */
export interface Placed {
  readonly path: JsonPath;
  /** Position of the table. */
  readonly table: number;
  /** How many of its first keys say what the table's name says: they are left out of the column's name. */
  readonly stem: number;
  readonly why: string;
  /** Tables that could want it as well, its own among them; empty when it is clear. */
  readonly tossUp: readonly number[];
}

interface Source {
  readonly table: string;
  readonly column: string;
}

/** Puts each key into the table whose name says what the key, or an object around it, says; the others go where no name says anything in particular. Words that all the names share, or that the source has, say nothing. */
export function allocate(
  paths: readonly JsonPath[],
  tables: readonly RelationName[],
  source: Source,
): readonly Placed[] {
  const own = ownWords(tables, source);
  const general = own.flatMap((words, i) => (words.length ? [] : [i]));
  const home = homeOf(tables, source);
  const first = paths.map((path) => byName(path, own, tables) ?? unnamed(path, general, home, tables));
  return first.map((placed) => withHint(placed, first, home));
}

/** The table for what no name asks for: the first whose name says nothing in particular, else the first. */
export const homeOf = (tables: readonly RelationName[], source: Source): number =>
  Math.max(
    0,
    ownWords(tables, source).findIndex((words) => !words.length),
  );

function ownWords(tables: readonly RelationName[], { table, column }: Source) {
  const words = tables.map(({ name }) => wordsOf(name));
  const said = [...wordsOf(table), ...wordsOf(column)];
  const shared = (word: string) => words.length > 1 && words.every((others) => others.includes(word));
  return words.map((one) => one.filter((word) => !said.includes(word) && !shared(word)));
}

/** The table that most words are for; an object around it counts more than its own name. */
function byName(path: JsonPath, own: readonly (readonly string[])[], tables: readonly RelationName[]): Placed | null {
  const scores = own.map((words) => score(path.path, words));
  const best = Math.max(0, ...scores.map(({ points }) => points));
  if (best === 0) return null;
  const winners = scores.flatMap(({ points }, i) => (points === best ? [i] : []));
  const table = winners[0] ?? 0;
  const name = tables[table]?.name ?? '';
  return {
    ...{ path, table, stem: scores[table]?.stem ?? 0 },
    ...{ why: `${name} has the same word`, tossUp: winners.length > 1 ? winners : [] },
  };
}

function score(path: readonly string[], words: readonly string[]): { points: number; stem: number } {
  const hits = path.map((key) => wordsOf(key).filter((word) => words.some((own) => sameWord(word, own))).length);
  const around = hits.slice(0, -1);
  const stem = around.findLastIndex((hit) => hit > 0) + 1;
  return { points: around.reduce((sum, hit) => sum + 2 * hit, 0) + (hits.at(-1) ?? 0), stem };
}

/** No name asks for it. */
const unnamed = (
  path: JsonPath,
  general: readonly number[],
  home: number,
  tables: readonly RelationName[],
): Placed => ({
  ...{ path, table: home, stem: 0 },
  why: general.length ? 'no table’s name has a word of it' : 'nothing tells where it belongs',
  tossUp: general.length === 1 ? [] : general.length ? general : tables.map((_, i) => i),
});

/** Outside of the object that went elsewhere, but with a word of what is in it. */
function withHint(placed: Placed, all: readonly Placed[], home: number): Placed {
  if (placed.tossUp.length || placed.table !== home || placed.stem > 0) return placed;
  const words = wordsOf(placed.path.path.at(-1) ?? '').filter((word) => !COMMON.has(word));
  const other = all.find(
    (o) => o.table !== home && o.path.path.some((key) => wordsOf(key).some((word) => words.includes(word))),
  );
  return other
    ? { ...placed, why: `like ${other.path.path.join('.')} by its name`, tossUp: [home, other.table] }
    : placed;
}

/** Words that keys of any kind have. */
const COMMON: ReadonlySet<string> = new Set(
  'id,type,name,value,enabled,default,last,first,is,has,show,max,min,count,at,on,by,per,date,time,mode,version'.split(
    ',',
  ),
);
