import type { Example, Rule } from '../../../src/lint/rule.ts';

const orders = `CREATE TABLE IF NOT EXISTS orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int,
  day date, at date, amount int, price int, a int, b int, paid boolean, total int)`;
const partitionedOrders = 'CREATE TABLE orders (day date) PARTITION BY RANGE (day)';

/** What the rules' examples name and take for granted; made when an example names it and does not make it itself. */
const things: Readonly<Record<string, string>> = {
  ...{
    s: 'CREATE SEQUENCE s',
    settings: 'CREATE TABLE settings (id int, v int)',
    versions: 'CREATE TABLE versions (n int)',
  },
  ...{ a: 'CREATE TABLE a (id int)', b: 'CREATE TABLE b (id int)' },
  ...{ plans: 'CREATE TABLE plans (id int, name text)', users_new: 'CREATE TABLE users_new (id int)' },
  ...{ shops: 'CREATE TABLE shops (id int PRIMARY KEY)', accounts: 'CREATE TABLE accounts (id int, name int)' },
  users: `CREATE TABLE users (id int PRIMARY KEY, tenant int, email text NOT NULL, mail text, name text, nickname text,
    plan text, plan_id int, deleted_at date, a int, x int, y int, CONSTRAINT a CHECK (tenant > 0))`,
  sessions: 'CREATE TABLE sessions (id int PRIMARY KEY, seen timestamptz)',
  bookings: 'CREATE TABLE bookings (room int4range, during tsrange, active boolean)',
  ...{ orders, orders_id_seq: orders },
  positive: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0)',
  o24: 'CREATE TABLE o24 (id bigint, day date)',
  orders_2024: 'CREATE TABLE orders_2024 (id bigint, day date)',
  orders_by_day: `${orders}; CREATE INDEX orders_by_day ON orders (day)`,
  orders_key: 'CREATE UNIQUE INDEX orders_key ON orders (id)',
  totals: 'CREATE VIEW totals AS SELECT 1 AS n',
  mood: "CREATE TYPE mood AS ENUM ('ok')",
  email: 'CREATE DOMAIN email AS text; CREATE TABLE mailed (address email)',
  audit: `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER audit AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()`,
  'note()': "CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  'f()': "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'total(int)': 'CREATE FUNCTION total(int) RETURNS int LANGUAGE sql RETURN 1',
  'tax(int)': 'CREATE FUNCTION tax(int) RETURNS int LANGUAGE sql RETURN 1',
  'shop.orders': 'CREATE TABLE shop.orders (id int PRIMARY KEY, day date)',
  'shop.users': 'CREATE TABLE shop.users (mail text)',
  'shop.items': 'CREATE TABLE shop.items (id int)',
  'shop.numbers': 'CREATE SEQUENCE shop.numbers',
  'shop.totals': 'CREATE MATERIALIZED VIEW shop.totals AS SELECT 1 AS n',
  'shop.orders_by_day': 'CREATE TABLE shop.orders (day date, u int); CREATE INDEX orders_by_day ON shop.orders (day)',
  'shop.orders_by_user': 'CREATE INDEX orders_by_user ON shop.orders (u)',
  ...{ shop: 'CREATE SCHEMA shop', archive: 'CREATE SCHEMA archive' },
  a_x: 'CREATE TABLE a (x int); CREATE INDEX a_x ON a (x)',
  columnar: 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler',
};

/** What one rule's examples need in another way. */
const instead: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'add-primary-key': {
    users: 'CREATE TABLE users (id bigint, tenant int)',
    users_pk: 'CREATE UNIQUE INDEX users_pk ON users (id)',
  },
  'primary-key-using-nullable-index': {
    users: 'CREATE TABLE users (id bigint)',
    users_pk: 'CREATE UNIQUE INDEX users_pk ON users (id)',
  },
  'alter-domain-constraint': { has_at: 'ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE <> $$x$$) NOT VALID' },
  'attach-partition-scan': {
    orders: partitionedOrders,
    o24: 'CREATE TABLE o24 (day date)',
    orders_2024: 'CREATE TABLE orders_2024 (day date)',
    orders_by_day: '',
    o24_by_day: `${partitionedOrders}; CREATE TABLE o24 PARTITION OF orders DEFAULT;
      CREATE INDEX orders_by_day ON ONLY orders (day); CREATE INDEX o24_by_day ON o24 (day)`,
  },
  'create-partition-of-lock': {
    orders: 'CREATE TABLE orders (id int) PARTITION BY RANGE (id)',
    'shop.orders': 'CREATE TABLE shop.orders (id int) PARTITION BY RANGE (id)',
  },
  'detach-partition-non-concurrent': {
    orders: partitionedOrders,
    orders_2019: "CREATE TABLE orders_2019 PARTITION OF orders FOR VALUES FROM ('2019-01-01') TO ('2020-01-01')",
  },
  'refresh-matview-non-concurrent': {
    totals: 'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n; CREATE UNIQUE INDEX ON totals (n)',
  },
  'reindex-non-concurrent': { shop: 'CREATE SCHEMA shop; CREATE TABLE shop.goods (id int PRIMARY KEY)' },
  'set-tablespace': {
    totals: 'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n',
    slow: 'CREATE TABLE moved (id int) TABLESPACE slow',
  },
  'set-logged-unlogged': { orders: 'CREATE UNLOGGED TABLE orders (id int)' },
  'alter-generated-expression': {
    orders: 'CREATE TABLE orders (price int, total int GENERATED ALWAYS AS (price) STORED)',
  },
  'alter-constraint-enforced': {
    orders:
      'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (user_id int CONSTRAINT orders_user_fk REFERENCES users NOT ENFORCED)',
    'shop.orders':
      'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE shop.orders (user_id int CONSTRAINT f REFERENCES users NOT ENFORCED)',
  },
  'owner-change': { old: 'CREATE TABLE owned (id int); ALTER TABLE owned OWNER TO old' },
  'locks-multiple-tables': { c: 'CREATE TABLE c (id int)' },
  'validate-in-same-transaction': { c: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (amount > 0) NOT VALID' },
  'vacuum-full-or-cluster': { CLUSTER: `${orders}; ALTER TABLE orders CLUSTER ON orders_pkey` },
};

const named = (name: string): RegExp => new RegExp(`(?<![\\w.])${name.replace(/[().]/gu, '\\$&')}(?![\\w.])`, 'u');

/** Where the example first says the name, it does not make it. */
function isNeeded(name: string, text: string): boolean {
  const at = text.search(named(name));
  if (at === -1) return false;
  const words = /(?:CREATE( [A-Z]+)*|ADD CONSTRAINT) (?:public\.)?$/u.exec(text.slice(0, at))?.[0] ?? '';
  return (
    words === '' ||
    words.endsWith(' ON ') ||
    (!words.includes(' INDEX') && new RegExp(`USING INDEX ${name}$`, 'u').test(text))
  );
}

/** SQL for an empty database in which an example of a rule can be run. */
export function before(rule: Rule, { sql, schema = '' }: Example): string {
  const needed = Object.entries({ ...things, ...instead[rule.id] }).filter(([name]) =>
    isNeeded(name, `${schema};${sql}`),
  );
  const schemas = /\b(shop|staging)\./u.exec(sql)?.[1];
  return [
    ...(schemas ? [`CREATE SCHEMA ${schemas}`] : []),
    schema,
    ...needed.map(([, made]) => made),
    ...freed(sql),
  ].join(';\n');
}

const newColumn =
  /ALTER TABLE (?:public\.)?(\w+)|\bADD (?!CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE|NOT|COLUMN IF)(?:COLUMN )?(\w+) |RENAME (?:COLUMN )?\w+ TO (\w+)/gu;

/** The columns that an example adds are not there yet. */
function freed(sql: string): readonly string[] {
  let table = '';
  return [...sql.matchAll(newColumn)].flatMap(([, altered, added, renamed]) => {
    if (altered !== undefined) table = altered;
    const column = added ?? renamed;
    return column === undefined ? [] : [`ALTER TABLE IF EXISTS ${table} DROP COLUMN IF EXISTS ${column} CASCADE`];
  });
}

const ofServer = [
  ...['fast', 'slow'].map((name) => `CREATE TABLESPACE ${name} LOCATION ''`),
  ...['admin', 'old', 'app', 'worker'].map((name) => `CREATE ROLE ${name}`),
];

const isThere = ({ code }: { readonly code?: string }): boolean => code === '42710' || code === '23505';

/** What a whole server has; another file of tests may have made it, and the server goes when all are done. */
export async function makeServerThings(run: (sql: string) => Promise<unknown>): Promise<void> {
  await run('SET allow_in_place_tablespaces = on');
  for (const statement of ofServer)
    await run(statement).catch((error: unknown) => {
      if (!isThere(error as { code?: string })) throw error;
    });
}

/** Leaves a database as empty as it was. */
export const reset = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  DROP ACCESS METHOD IF EXISTS columnar;
  CREATE SCHEMA public;
END $$`;

/** They name what only the database itself is called, or what is only there after they took it back. */
const unrunnable = ['REINDEX SYSTEM shop', 'BEGIN; CREATE TABLE orders (day date); ROLLBACK; CREATE INDEX'];

export const isRunnable = ({ sql }: Example): boolean => !unrunnable.some((start) => sql.startsWith(start));
