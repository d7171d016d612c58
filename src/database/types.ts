import pg from 'pg';

type Parser = (text: string) => unknown;

const { builtins } = pg.types;
const INT8_ARRAY = 1016;

const usualParser = pg.types.getTypeParser as (oid: number) => Parser;

const asText: Parser = (text) => text;

/** To the millisecond, in UTC; `infinity` and years that JavaScript cannot hold stay as PostgreSQL wrote them. */
const toIso: Parser = (text) => {
  const date = usualParser(builtins.TIMESTAMPTZ)(text);
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : text;
};

const toNumbers: Parser = (text) =>
  (usualParser(INT8_ARRAY)(text) as readonly (string | null)[]).map((n) => (n === null ? n : Number(n)));

const parsers: Readonly<Record<number, Parser>> = {
  [builtins.INT8]: Number,
  [INT8_ARRAY]: toNumbers,
  [builtins.NUMERIC]: Number,
  [builtins.TIMESTAMPTZ]: toIso,
  // As Dates these two would depend on the time zone of this machine.
  [builtins.TIMESTAMP]: asText,
  [builtins.DATE]: asText,
};

/** How PostgreSQL's types arrive in JavaScript: counts as numbers, moments as ISO strings. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) => parsers[oid] ?? usualParser(oid),
};
