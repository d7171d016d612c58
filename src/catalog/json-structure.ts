/** The types a JSON value can have. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** The SQL types a column for JSON values may get, narrowest first. */
export const sqlTypes = [
  'boolean',
  'integer',
  'bigint',
  'numeric',
  'timestamptz',
  'date',
  'uuid',
  'text',
  'jsonb',
] as const;
export type SqlType = (typeof sqlTypes)[number];

/** What the documents that have one path hold there. */
export interface JsonPath {
  /** Keys from the outside in. */
  readonly path: readonly string[];
  /** Documents that have it, a JSON null included. */
  readonly rows: number;
  /** `rows` as a share of the rows looked at. */
  readonly share: number;
  /** In fewer than 1 % of the rows looked at. */
  readonly rare: boolean;
  readonly types: Readonly<Record<JsonType, number>>;
  /** JSON nulls as a share of the documents that have it. */
  readonly nullShare: number;
  /** The narrowest type that every value fits. */
  readonly fits: SqlType;
  /** The narrowest type that at least 95 % of the values fit. A value fits when it casts and reads back as it was. */
  readonly suggested: SqlType;
  /** Values, other than null, that do not fit the suggested type. */
  readonly misfits: number;
  /** The same by their JSON type. */
  readonly misfitTypes: Readonly<Record<JsonType, number>>;
  /** Characters in the longest string, number or boolean; null when there is none. */
  readonly maxLength: number | null;
  /** Different strings, numbers and booleans: exact while there are few, an estimate when there are many. */
  readonly distinct: number;
  /** How many values it chooses from, when it looks like an enumeration; otherwise null. */
  readonly choices: number | null;
  /** Those values, only when they were asked for. */
  readonly values: readonly string[] | null;
  /** How many documents have each of them, in the same order. */
  readonly valueRows: readonly number[] | null;
}

/** The structure of the documents in one column. Holds keys and counts; values only when they were asked for. */
export interface JsonStructure {
  /** Rows looked at. */
  readonly rows: number;
  readonly sampled: boolean;
  /** What the counts rest on, for people. */
  readonly basis: string;
  readonly documents: {
    readonly sqlNull: number;
    /** Objects with at least one key. */
    readonly objects: number;
    /** `{}` */
    readonly empty: number;
    readonly jsonNull: number;
    readonly arrays: number;
    /** A string, number or boolean as the whole document. */
    readonly scalars: number;
    /** json that jsonb cannot hold, such as \u0000 or a number with too many digits. */
    readonly unreadable: number;
  };
  /** The most frequent paths first; at most 500. */
  readonly paths: readonly JsonPath[];
  /** How many different paths there are altogether. */
  readonly pathCount: number;
}

/** How often one path holds one JSON type whose values are of one class: what the database counts. */
export interface CountedPath {
  readonly path: readonly string[];
  readonly type: JsonType | 'sql null' | 'unreadable';
  /** The narrowest SQL type of a scalar; `empty` for `{}`; null for anything else. */
  readonly class: SqlType | 'empty' | null;
  readonly rows: number;
  /** Characters in the longest scalar; null when there is none. */
  readonly longest: number | null;
  /** How many of the hash buckets the scalars fall into. */
  readonly buckets: number;
  /** The most frequent values, and in how many rows each is; null unless asked for. */
  readonly values: readonly string[] | null;
  readonly valueRows: readonly number[] | null;
  readonly pathCount: number;
}
