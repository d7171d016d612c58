import { keysOf } from './keys.ts';
import type { Random } from './random.ts';
import { text, type Fresh, type Row, type Shape, type Through, type Value, type Write } from './shape.ts';
import { deleteOne, insertOne, updateOne, upsertOne, type Written } from './statements.ts';

type Values = NonNullable<Row>;

/** How values of the old column and of the new one correspond. */
interface Change {
  readonly operation: string;
  readonly old: { readonly name: string; readonly type: string; readonly needs: string };
  readonly new: { readonly name: string; readonly type: string };
  /** What a write of one side makes of both. */
  readonly write: (through: Through, fresh: Fresh, marked: boolean) => { readonly written: Value; readonly both: Both };
  readonly refill: (old: Value) => Value;
  readonly isText: boolean;
}

interface Both {
  readonly old: Value;
  readonly new: Value;
}

const both = (value: Value): Both => ({ old: value, new: value });

const rename: Change = {
  operation: 'rename_column: { table: customers, from: country, to: country_code }',
  old: { name: 'country', type: 'text', needs: `NOT NULL DEFAULT 'de'` },
  new: { name: 'country_code', type: 'text' },
  write: (_through, fresh, isMarked) => {
    const { written, settled } = isMarked ? fresh.marked() : unmarked(fresh);
    return { written, both: both(settled) };
  },
  refill: (old) => old,
  isText: true,
};

const unmarked = (fresh: Fresh) => {
  const value = fresh.text();
  return { written: value, settled: value };
};

const maybe = (fresh: Fresh, value: Value, pair: Both) =>
  fresh.random.chance(0.1) ? { written: null, both: both(null) } : { written: value, both: pair };

const widen: Change = {
  operation: 'change_column_type: { table: customers, column: visits, to: visit_count, type: bigint }',
  old: { name: 'visits', type: 'integer', needs: '' },
  new: { name: 'visit_count', type: 'bigint' },
  write: (_through, fresh) => {
    const n = fresh.number();
    return maybe(fresh, n, both(n));
  },
  refill: (old) => old,
  isText: false,
};

/** 3.994 becomes 399 cents; what comes back from 350 cents is 3.5. */
const lossyUp: Change = {
  operation: `change_column_type: { table: customers, column: price, to: price_cents, type: integer, up: "round(price * 100)", down: "price_cents / 100.0" }`,
  old: { name: 'price', type: 'numeric', needs: '' },
  new: { name: 'price_cents', type: 'integer' },
  write: (through, fresh) => {
    const n = fresh.number();
    return through === 'old'
      ? maybe(fresh, `${n}.994`, { old: `${n}.994`, new: n * 100 + 99 })
      : maybe(fresh, n * 100 + 50, { old: `${n}.5`, new: n * 100 + 50 });
  },
  refill: (old) => (old === null ? null : Math.round(Number(old) * 100)),
  isText: false,
};

/** 3.25 goes back as 3. */
const lossyDown: Change = {
  operation: `change_column_type: { table: customers, column: level, to: score, type: "numeric(12,2)", up: level, down: "round(score)" }`,
  old: { name: 'level', type: 'integer', needs: '' },
  new: { name: 'score', type: 'numeric(12,2)' },
  write: (through, fresh) => {
    const n = fresh.number();
    return through === 'old' ? maybe(fresh, n, both(n)) : maybe(fresh, `${n}.25`, { old: n, new: `${n}.25` });
  },
  refill: (old) => old,
  isText: false,
};

export function makeColumnShape(random: Random, fillers: number): Shape {
  const change = random.pick([rename, rename, widen, lossyUp, lossyDown]);
  const isPartitioned = random.chance(0.25);
  const isComposite = random.chance(0.35);
  const triggers =
    change.isText && random.chance(0.4)
      ? (['before', 'after', 'deferred'] as const).filter(() => random.chance(0.6))
      : [];
  const hasIndex = !isPartitioned && random.chance(0.5);
  const rowsPerSecond = random.pick([2000, 5000, 20_000]);
  const keys = keysOf(isComposite);
  const column = { old: change.old.name, new: change.new.name } as const;
  const at = (key: number) =>
    Object.entries(keys.of(key))
      .map(([c, value]) => `${c} = ${text(value)}`)
      .join(' AND ');
  const anyOf = (list: readonly number[]) => `(${list.map((k) => `(${at(k)})`).join(' OR ')})`;
  const written = (key: number, random: Random): Written => ({
    table: isPartitioned && random.chance(0.3) ? keys.partition('customers', key) : 'customers',
    types: { ...keys.types, name: 'text', [column.old]: change.old.type, [column.new]: change.new.type },
    key: keys.columns,
  });
  const write = (through: Through, fresh: Fresh) => {
    // What new code writes has been normalised: the application's BEFORE trigger knows the old column only.
    const isMarked = triggers.length > 0;
    const made = change.write(through, fresh, isMarked);
    const letter = String(made.written).charAt(0);
    const does = { V: 'before', w: 'after', d: 'deferred' }[letter];
    const isSettled = isMarked && (!triggers.some((name) => name === does) || (letter === 'V' && through === 'new'));
    return isSettled ? change.write(through, fresh, false) : made;
  };
  const put = (through: Through, key: number, fresh: Fresh, how: typeof insertOne): Write => {
    const [name, value] = [fresh.text(), write(through, fresh)];
    const row = { ...keys.of(key), name, [column[through]]: value.written };
    return { ...how(written(key, fresh.random), row, fresh), after: { name, ...value.both } };
  };
  const set = (key: number, row: Values, fresh: Fresh, what: string, changed: Values): Write => ({
    ...updateOne(written(key, fresh.random).table, what, at(key), fresh),
    after: { ...row, ...changed },
  });
  const fill = (count: number, target: string) =>
    `INSERT INTO customers (${keys.columns.join(', ')}, name, ${target}) SELECT ${keys.series}, repeat('x', 300), ${change.isText ? `'pl'` : 'i % 1000'} FROM generate_series(100001, ${100_000 + count}) AS i`;
  const shown = (name: string) => (change.isText ? name : `trim_scale(${name}::numeric)`);
  const read = (through: Through) =>
    `SELECT * FROM (SELECT ${keys.number('c')} AS key, name, ${shown(column[through])}::text AS ${through} FROM customers c) AS r WHERE key < 1000`;
  return {
    name: `column ${column.old} partitioned=${isPartitioned} composite=${isComposite} triggers=${triggers.join('+')} rows/s=${rowsPerSecond}`,
    document: `
version: 1
name: change-column
backfill: { workers: 3, chunk_ms: 10, max_rows_per_second: ${rowsPerSecond} }
operations:
  - ${change.operation}
`,
    before: `
      CREATE TABLE customers (${keys.columns.map((c) => `${c} ${keys.types[c] ?? ''}`).join(', ')}, name text,
        ${column.old} ${change.old.type} ${change.old.needs}, PRIMARY KEY (${keys.columns.join(', ')})) ${isPartitioned ? keys.partitionBy : ''};
      ${isPartitioned ? keys.partitions('customers') : ''}
      ${hasIndex ? `CREATE INDEX customers_by_value ON customers (${column.old});` : ''}
      ${triggersOn(column.old, triggers, keys.columns.map((c) => `c.${c} = NEW.${c}`).join(' AND '))}
      ${fill(fillers, column.old)}`,
    tables: { source: 'customers', targets: [] },
    read: { old: read('old'), new: read('new') },
    seen: (through, row) => ({ name: row['name'] ?? null, [through]: row[through] ?? null }),
    forgotten: (row) => ({ ...row, new: change.refill(row['old'] ?? null) }),
    insert: (through, key, fresh) => put(through, key, fresh, insertOne),
    replace: (through, key, _row, fresh) => put(through, key, fresh, upsertOne),
    update: (through, key, row, fresh) => {
      const value = write(through, fresh);
      return set(key, row, fresh, `${column[through]} = ${text(value.written)}`, { ...value.both });
    },
    updateUnmapped: (key, row, fresh) => {
      const name = fresh.text();
      return set(key, row, fresh, `name = ${text(name)}`, { name });
    },
    updateMany: (through, list, fresh) => {
      const value = write(through, fresh);
      return {
        sql: `UPDATE customers SET ${column[through]} = ${text(value.written)} WHERE ${anyOf(list)}`,
        change: { ...value.both },
      };
    },
    remove: (list, fresh) =>
      deleteOne(
        list.length === 1 && list[0] !== undefined ? written(list[0], fresh.random).table : 'customers',
        anyOf(list),
        fresh,
      ),
    move: (from, to, fresh) =>
      updateOne(
        'customers',
        Object.entries(keys.of(to))
          .map(([c, value]) => `${c} = ${text(value)}`)
          .join(', '),
        at(from),
        fresh,
      ),
    reinsert: (key) => ({
      sql: `WITH gone AS (DELETE FROM customers WHERE ${at(key)} RETURNING *) INSERT INTO customers SELECT * FROM gone`,
    }),
    truncate: (through, partition) =>
      partition === null
        ? `TRUNCATE customers CASCADE; ${fill(100, column[through])}`
        : `TRUNCATE customers_p${partition}`,
    partitionOf: (key) => (isPartitioned ? keys.partitionOf(key) : null),
    truncateTarget: null,
    noise: (through, key, fresh) => {
      const value = () => text(change.write(through, fresh, false).written ?? (change.isText ? 'n' : 1));
      return fresh.random.pick([
        `UPDATE customers SET ${column[through]} = ${value()} WHERE ${at(key)}`,
        `DELETE FROM customers WHERE ${at(key)}`,
        `INSERT INTO customers (${keys.columns.join(', ')}, ${column[through]}) VALUES (${Object.values(keys.of(key)).map(text).join(', ')}, ${value()}) ON CONFLICT (${keys.columns.join(', ')}) DO UPDATE SET ${column[through]} = EXCLUDED.${column[through]}`,
      ]);
    },
    filler: (n) => `UPDATE customers SET name = name WHERE ${at(100_001 + n)}`,
    fillers,
    hasTriggers: triggers.length > 0,
  };
}

/** The application's own, on the old column; each leaves alone what it has settled, and a table without the column. */
function triggersOn(column: string, triggers: readonly ('before' | 'after' | 'deferred')[], same: string): string {
  const rewrite = (from: string, to: string) =>
    `UPDATE customers c SET ${column} = '${to}' || substr(c.${column}, 2) WHERE ${same} AND c.${column} LIKE '${from}%';`;
  const make = (name: string, head: string, body: string) => `
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF to_jsonb(NEW) ? '${column}' THEN ${body} END IF; RETURN NEW; END $$;
    CREATE ${head} ON customers ${name === 'deferred' ? 'DEFERRABLE INITIALLY DEFERRED' : ''} FOR EACH ROW EXECUTE FUNCTION ${name}();`;
  const all = {
    before: make(
      'normalise',
      'TRIGGER normalise BEFORE INSERT OR UPDATE',
      `IF NEW.${column} ~ '^[A-Z]' THEN NEW.${column} := lower(NEW.${column}); END IF;`,
    ),
    after: make('write_back', 'TRIGGER zzz_write_back AFTER INSERT OR UPDATE', rewrite('w', 'x')),
    deferred: make('deferred', 'CONSTRAINT TRIGGER deferred AFTER INSERT OR UPDATE', rewrite('d', 'e')),
  };
  return triggers.map((name) => all[name]).join('');
}
