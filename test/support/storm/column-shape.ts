import { text, type Shape } from './shape.ts';

let last = 0;
const fresh = () => `v${++last}`;
const column = { old: 'country', new: 'country_code' } as const;

/** A column gets another name. */
export const columnShape: Shape = {
  migration: 'examples/rename-column/migration.yaml',
  before: `
    CREATE TABLE customers (id bigint PRIMARY KEY, name text, country text NOT NULL DEFAULT 'de');
    CREATE INDEX customers_by_country ON customers (country);
    INSERT INTO customers SELECT i, 'x', 'pl' FROM generate_series(100001, 160000) AS i`,
  readOld: 'SELECT id AS key, name, country AS value FROM customers WHERE id < 1000',
  readNew: 'SELECT id AS key, name, country_code AS value FROM customers WHERE id < 1000',
  insert: (through, key, random) => {
    const [name, value] = [fresh(), fresh()];
    const upsert = random.chance(0.3)
      ? ` ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, ${column[through]} = EXCLUDED.${column[through]}`
      : '';
    return {
      sql: `INSERT INTO customers (id, name, ${column[through]}) VALUES (${key}, ${text(name)}, ${text(value)})${upsert}`,
      after: { name, value },
    };
  },
  update: (through, key, row) => {
    const value = fresh();
    return {
      sql: `UPDATE customers SET ${column[through]} = ${text(value)} WHERE id = ${key}`,
      after: { ...row, value },
    };
  },
  updateUnmapped: (key, row) => {
    const name = fresh();
    return { sql: `UPDATE customers SET name = ${text(name)} WHERE id = ${key}`, after: { ...row, name } };
  },
  remove: (key) => `DELETE FROM customers WHERE id = ${key}`,
  move: (from, to) => `UPDATE customers SET id = ${to} WHERE id = ${from}`,
  updateMany: (through, keys) => {
    const value = fresh();
    return {
      sql: `UPDATE customers SET ${column[through]} = ${text(value)} WHERE id IN (${keys.join(', ')})`,
      change: { value },
    };
  },
  noise: (through, key, random) =>
    random.pick([
      `UPDATE customers SET ${column[through]} = '${fresh()}' WHERE id = ${key}`,
      `DELETE FROM customers WHERE id = ${key}`,
      `INSERT INTO customers (id, ${column[through]}) VALUES (${key}, 'n') ON CONFLICT (id) DO UPDATE SET ${column[through]} = '${fresh()}'`,
    ]),
};
