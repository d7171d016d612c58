/** How the numbers by which the storm knows its rows are written in a table. */
export interface Keys {
  readonly columns: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly of: (key: number) => Readonly<Record<string, string | number>>;
  /** The key's number, from the columns of an alias. */
  readonly number: (alias: string) => string;
  /** Filler rows: the columns' values from a series `i`. */
  readonly series: string;
  /** PARTITION BY …, and the partitions. */
  readonly partitionBy: string;
  readonly partitions: (table: string) => string;
  /** The partition that holds a key. */
  readonly partition: (table: string, key: number) => string;
  readonly partitionOf: (key: number) => number;
}

const single: Keys = {
  columns: ['id'],
  types: { id: 'bigint' },
  of: (key) => ({ id: key }),
  number: (alias) => `${alias}.id`,
  series: 'i',
  partitionBy: 'PARTITION BY RANGE (id)',
  partitions: (table) => `
    CREATE TABLE ${table}_p0 PARTITION OF ${table} FOR VALUES FROM (MINVALUE) TO (20);
    CREATE TABLE ${table}_p1 PARTITION OF ${table} FOR VALUES FROM (20) TO (40);
    CREATE TABLE ${table}_p2 PARTITION OF ${table} FOR VALUES FROM (40) TO (100000);
    CREATE TABLE ${table}_p3 PARTITION OF ${table} DEFAULT;`,
  partition: (table, key) => `${table}_p${single.partitionOf(key)}`,
  partitionOf: (key) => (key < 20 ? 0 : key < 40 ? 1 : key < 100_000 ? 2 : 3),
};

const tenants = ['a', 'b', 'c'] as const;

/** Two columns; the tenants share their ids. */
const composite: Keys = {
  columns: ['tenant', 'id'],
  types: { tenant: 'text', id: 'bigint' },
  of: (key) => ({ tenant: tenants[key % 3] ?? 'a', id: Math.floor(key / 3) }),
  number: (alias) => `(${alias}.id * 3 + position(${alias}.tenant IN 'abc') - 1)`,
  series: `substr('abc', (i % 3)::int + 1, 1), i / 3`,
  partitionBy: 'PARTITION BY LIST (tenant)',
  partitions: (table) => `
    CREATE TABLE ${table}_p0 PARTITION OF ${table} FOR VALUES IN ('a');
    CREATE TABLE ${table}_p1 PARTITION OF ${table} FOR VALUES IN ('b');
    CREATE TABLE ${table}_p2 PARTITION OF ${table} DEFAULT PARTITION BY HASH (id);
    CREATE TABLE ${table}_p2_0 PARTITION OF ${table}_p2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE ${table}_p2_1 PARTITION OF ${table}_p2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);`,
  partition: (table, key) => `${table}_p${key % 3}`,
  partitionOf: (key) => key % 3,
};

export const keysOf = (isComposite: boolean): Keys => (isComposite ? composite : single);
