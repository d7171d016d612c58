import { keysOf } from './keys.ts';
import type { Random } from './random.ts';
import { text, type Fresh, type Row, type Shape, type Through, type Value, type Write } from './shape.ts';
import { deleteOne, insertOne, updateOne, upsertOne, type Written } from './statements.ts';

type Values = NonNullable<Row>;

interface Variant {
  readonly isComposite: boolean;
  readonly isPartitioned: boolean;
  readonly hasForeignKey: boolean;
  readonly remainder: 'column' | 'reject' | 'drop';
  readonly type: 'jsonb' | 'json';
  /** NOT NULL with a default, without one, or nullable. */
  readonly needs: 'default' | 'value' | null;
  readonly triggers: readonly ('before' | 'after' | 'deferred')[];
  readonly fillers: number;
  readonly rowsPerSecond: number;
}

const absent: Values = {
  email: null,
  theme: 'system',
  language: null,
  items: null,
  notify: true,
  digest: null,
  beta: null,
};

const chooseVariant = (random: Random, fillers: number): Variant => {
  const isPartitioned = random.chance(0.3);
  return {
    isPartitioned,
    isComposite: random.chance(0.35),
    hasForeignKey: random.chance(0.6),
    remainder: random.pick(['column', 'column', 'reject', 'drop']),
    type: random.chance(0.15) ? 'json' : 'jsonb',
    needs: random.pick([null, null, 'default', 'value']),
    triggers: random.chance(0.3) ? (['before', 'after', 'deferred'] as const).filter(() => random.chance(0.6)) : [],
    fillers,
    rowsPerSecond: random.pick([2000, 5000, 20_000]),
  };
};

const documentOf = (v: Variant) => `
version: 1
name: user-preferences
backfill: { workers: 3, chunk_ms: 10, max_rows_per_second: ${v.rowsPerSecond} }
operations:
  - extract_json:
      table: users
      column: preferences
      key: { id: user_id }
      foreign_key: ${v.hasForeignKey ? '{ on_delete: cascade }' : 'false'}
      into:
        - table: user_preferences
          columns:
            theme: { type: text, from: theme, default: system }
            language: { type: text, from: language, index: true }
            items_per_page: { type: integer, from: items_per_page }
        - table: notification_preferences
          columns:
            email: { type: boolean, from: notifications.email, default: true, not_null: true }
            digest: { type: text, from: [notifications, digest], check: "digest in ('daily','weekly','never')" }
      remainder: ${v.remainder === 'column' ? '{ table: user_preferences, column: other }' : v.remainder}
`;

/** The application's own triggers; each leaves alone what it has settled, and a table without the column. */
function triggersOf(v: Variant, same: string): string {
  const theme = (row: string) => `(${row}.preferences)::jsonb ->> 'theme'`;
  const put = (row: string, value: string) =>
    `jsonb_set((${row}.preferences)::jsonb, '{theme}', to_jsonb(${value}))::${v.type}`;
  const rewrite = (from: string, to: string) =>
    `UPDATE users u SET preferences = ${put('u', `'${to}' || substr(${theme('u')}, 2)`)} WHERE ${same} AND ${theme('u')} LIKE '${from}%';`;
  const make = (name: string, head: string, body: string) => `
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF to_jsonb(NEW) ? 'preferences' THEN ${body} END IF; RETURN NEW; END $$;
    CREATE ${head} ON users ${name === 'deferred' ? 'DEFERRABLE INITIALLY DEFERRED' : ''} FOR EACH ROW EXECUTE FUNCTION ${name}();`;
  const all = {
    before: make(
      'normalise',
      'TRIGGER normalise BEFORE INSERT OR UPDATE',
      `IF ${theme('NEW')} ~ '^[A-Z]' THEN NEW.preferences := ${put('NEW', `lower(${theme('NEW')})`)}; END IF;`,
    ),
    after: make(
      'write_back',
      'TRIGGER zzz_write_back AFTER INSERT OR UPDATE',
      `IF ${theme('NEW')} LIKE 'w%' THEN ${rewrite('w', 'x')} END IF;`,
    ),
    deferred: make('deferred', 'CONSTRAINT TRIGGER deferred AFTER INSERT OR UPDATE', rewrite('d', 'e')),
  };
  return v.triggers.map((name) => all[name]).join('');
}

export function makeJsonShape(random: Random, fillers: number): Shape {
  const v = chooseVariant(random, fillers);
  const keys = keysOf(v.isComposite);
  const targetKey = keys.columns.map((c) => (c === 'id' ? 'user_id' : c));
  const at = (key: number) =>
    Object.entries(keys.of(key))
      .map(([column, value]) => `${column} = ${text(value)}`)
      .join(' AND ');
  const atTarget = (key: number) => at(key).replace(/\bid\b/, 'user_id');
  const targetKeyOf = (key: number) =>
    Object.fromEntries(Object.entries(keys.of(key)).map(([c, value]) => [c === 'id' ? 'user_id' : c, value]));
  const anyOf = (list: readonly number[], where: (key: number) => string) =>
    `(${list.map((k) => `(${where(k)})`).join(' OR ')})`;
  const targets = ['user_preferences', 'notification_preferences'];
  const assigned = (row: Readonly<Record<string, Value>>) =>
    Object.entries(row)
      .map(([c, value]) => `${c} = ${text(value)}`)
      .join(', ');
  const source = (key: number, random: Random): Written => ({
    table: v.isPartitioned && random.chance(0.3) ? keys.partition('users', key) : 'users',
    types: { ...keys.types, email: 'text', preferences: v.type },
    key: keys.columns,
  });
  const userPreferences: Written = {
    table: 'user_preferences',
    types: { ...keys.types, user_id: 'bigint', theme: 'text', language: 'text', items_per_page: 'integer' },
    key: targetKey,
  };
  const notificationPreferences: Written = {
    table: 'notification_preferences',
    types: { ...keys.types, user_id: 'bigint', email: 'boolean', digest: 'text' },
    key: targetKey,
  };
  const p = v.type === 'json' ? 'preferences::jsonb' : 'preferences';
  const stored = (expression: string) => (v.type === 'json' ? `(${expression})::json` : expression);
  const empty = v.needs ? `'{}'` : 'NULL';
  const theme = (fresh: Fresh) => (v.triggers.length ? marked(v, fresh) : same(fresh.text()));

  /** Some of the columns with new values, and the document that says so. */
  const some = (fresh: Fresh): { readonly doc: string; readonly settled: Partial<Values> } => {
    const { random } = fresh;
    const chosen = theme(fresh);
    const all: Partial<Values> = {
      theme: chosen.settled,
      language: fresh.text(),
      items: fresh.number() % 1_000_000,
      notify: random.chance(0.5),
      digest: random.pick(['daily', 'weekly', 'never']),
      beta: fresh.text(),
    };
    const settled: Partial<Values> = Object.fromEntries(Object.entries(all).filter(() => random.chance(0.5)));
    return {
      doc: JSON.stringify(toDocument(settled['theme'] === undefined ? settled : { ...settled, theme: chosen.written })),
      settled,
    };
  };

  const insertOld = (key: number, fresh: Fresh, how: typeof insertOne): Write => {
    const [email, { doc, settled }] = [fresh.text(), some(fresh)];
    const row = { ...keys.of(key), email, preferences: doc };
    return { ...how(source(key, fresh.random), row, fresh), after: { ...absent, email, ...settled } };
  };

  const insertNew = (key: number, fresh: Fresh, complete: boolean): Write => {
    const { random } = fresh;
    const [email, language, chosen] = [fresh.text(), fresh.text(), theme(fresh)];
    const digest = random.pick(['daily', 'weekly', 'never']);
    const notify = random.chance(0.5);
    const plain = (t: Written, row: Record<string, Value>) =>
      random.chance(0.6)
        ? `INSERT INTO ${t.table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).map(text).join(', ')})`
        : upsertOne(t, row, fresh).sql;
    const rows = [
      plain(userPreferences, { ...targetKeyOf(key), theme: chosen.written, language }),
      plain(notificationPreferences, { ...targetKeyOf(key), email: notify, digest }),
    ];
    if (random.chance(0.5)) rows.reverse();
    const onlyUser = random.chance(0.2) && !complete;
    return {
      sql: [plain(source(key, random), { ...keys.of(key), email }), ...(onlyUser ? [] : rows)].join('; '),
      after: onlyUser ? { ...absent, email } : { ...absent, email, theme: chosen.settled, language, notify, digest },
    };
  };

  /** One statement of old code that changes one place of the document. */
  const patchOne = (key: number, row: Values, fresh: Fresh): Write => {
    const { random } = fresh;
    const { table } = source(key, random);
    const to = (set: string, change: Partial<Values>): Write => ({
      ...updateOne(table, set, at(key), fresh),
      after: { ...row, ...change } as Values,
    });
    const set = (path: string, value: Value, change: Partial<Values>): Write =>
      to(`preferences = ${stored(`jsonb_set(coalesce(${p}, '{}'), '{${path}}', '${JSON.stringify(value)}')`)}`, change);
    const value = fresh.text();
    switch (random.upTo(6)) {
      case 0: {
        const { written, settled } = theme(fresh);
        return set('theme', written, { theme: settled });
      }
      case 1:
        return set('language', value, { language: value });
      case 2:
        return set('beta', value, { beta: value });
      case 3:
        return to(`preferences = ${stored(`${p} - 'language'`)}`, { language: null });
      case 4:
        return to(`preferences = ${empty}`, { ...absent, email: row['email'] ?? null });
      default: {
        const { doc, settled } = some(fresh);
        return to(`preferences = ${text(doc)}`, { ...absent, email: row['email'] ?? null, ...settled });
      }
    }
  };

  const updateNew = (key: number, row: Values, fresh: Fresh): Write => {
    const { random } = fresh;
    const to = (table: string, set: string, change: Partial<Values>): Write => ({
      ...updateOne(table, set, atTarget(key), fresh),
      after: { ...row, ...change } as Values,
    });
    const value = fresh.text();
    switch (random.upTo(5)) {
      case 0: {
        const { written, settled } = theme(fresh);
        return to('user_preferences', `theme = ${text(written)}`, { theme: settled });
      }
      case 1:
        return to('user_preferences', `language = NULL, items_per_page = 7`, { language: null, items: 7 });
      case 2:
        return to('notification_preferences', `email = NOT email, digest = 'never'`, {
          notify: !row['notify'],
          digest: 'never',
        });
      case 3:
        return v.remainder === 'column'
          ? to('user_preferences', `other = jsonb_build_object('beta', ${text(value)})`, { beta: value })
          : to('user_preferences', `language = ${text(value)}`, { language: value });
      default: {
        const row = { ...targetKeyOf(key), language: value };
        return { ...upsertOne(userPreferences, row, fresh), after: { ...rowOf(), language: value } };
      }
    }
    function rowOf(): Values {
      return row;
    }
  };

  const noise = (through: Through, key: number, fresh: Fresh): string => {
    const { random } = fresh;
    const doc = () => text(some(fresh).doc);
    const other = keys.of(key + 51);
    const columns = keys.columns.join(', ');
    const put = (k: number, document: string) =>
      `INSERT INTO users (${columns}, email, preferences) VALUES (${Object.values(keys.of(k)).map(text).join(', ')}, 'n', ${document}) ON CONFLICT (${columns}) DO UPDATE SET preferences = EXCLUDED.preferences`;
    const old = [
      `UPDATE users SET preferences = '[1]' WHERE ${at(key)}`,
      `UPDATE users SET preferences = '{"notifications": 7}' WHERE ${at(key)}`,
      `UPDATE users SET preferences = '{"items_per_page": "many", "notifications": {"email": "perhaps", "digest": "hourly"}}' WHERE ${at(key)}`,
      `UPDATE users SET preferences = ${doc()} WHERE ${at(key)}`,
      `UPDATE users SET preferences = ${stored(`${p} || '{"theme": "${fresh.text()}"}'`)} WHERE ${at(key)} AND jsonb_typeof(${p}) = 'object'`,
      `DELETE FROM users WHERE ${at(key)}`,
      put(key, doc()),
      put(key, doc()),
      `WITH gone AS (DELETE FROM users WHERE ${at(key)} RETURNING preferences) INSERT INTO users (${columns}, email, preferences) SELECT ${Object.values(other).map(text).join(', ')}, 'n', preferences FROM gone ON CONFLICT (${columns}) DO NOTHING`,
    ];
    const fresher = [
      `UPDATE user_preferences SET theme = '${fresh.text()}' WHERE ${atTarget(key)}`,
      `UPDATE notification_preferences SET digest = 'weekly', email = NOT email WHERE ${atTarget(key)}`,
      `DELETE FROM user_preferences WHERE ${atTarget(key)}`,
      `UPDATE user_preferences SET ${v.remainder === 'column' ? `other = '{"beta": "${fresh.text()}"}'` : `language = '${fresh.text()}'`} WHERE ${atTarget(key)}`,
      [...(v.hasForeignKey ? [] : targets), 'users']
        .map((table) => `DELETE FROM ${table} WHERE ${table === 'users' ? at(key) : atTarget(key)}`)
        .join('; '),
    ];
    return random.pick(through === 'old' ? old : fresher);
  };

  const joined = (other: string) => targetKey.map((c, i) => `${other}.${c} = u.${keys.columns[i] ?? ''}`).join(' AND ');
  const fill = (count: number, document: string) =>
    `INSERT INTO users (${keys.columns.join(', ')}, email${document ? ', preferences' : ''}) SELECT ${keys.series}, repeat('x', 300)${document ? `, ${document}` : ''} FROM generate_series(100001, ${100_000 + count}) AS i`;
  const filled = `'{"theme": "filler", "notifications": {"digest": "daily"}}'`;
  const setTheme = (list: readonly number[], fresh: Fresh) => {
    const { written, settled } = theme(fresh);
    return { change: { theme: settled }, written, where: (f: (key: number) => string) => anyOf(list, f) };
  };
  return {
    name: `json ${Object.entries(v)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ')}`,
    document: documentOf(v),
    before: `
      CREATE TABLE users (${keys.columns.map((c) => `${c} ${keys.types[c] ?? ''}`).join(', ')}, email text,
        preferences ${v.type} ${{ default: `NOT NULL DEFAULT '{}'`, value: 'NOT NULL', none: '' }[v.needs ?? 'none']},
        PRIMARY KEY (${keys.columns.join(', ')})) ${v.isPartitioned ? keys.partitionBy : ''};
      ${v.isPartitioned ? keys.partitions('users') : ''}
      ${triggersOf(v, keys.columns.map((c) => `u.${c} = NEW.${c}`).join(' AND '))}
      ${fill(v.fillers, filled)}`,
    tables: { source: 'users', targets },
    read: {
      old: `SELECT * FROM (SELECT ${keys.number('u')} AS key, email, CASE WHEN ${p} ? 'theme' THEN ${p} ->> 'theme' ELSE 'system' END AS theme, ${p} ->> 'language' AS language,
        (${p} ->> 'items_per_page') AS items, coalesce((${p} -> 'notifications' ->> 'email'), 'true') AS notify,
        ${p} -> 'notifications' ->> 'digest' AS digest, ${p} ->> 'beta' AS beta FROM users u) AS r WHERE key < 1000`,
      new: `SELECT * FROM (SELECT ${keys.number('u')} AS key, u.email, p.theme, p.language, p.items_per_page::text AS items, n.email::text AS notify, n.digest, ${v.remainder === 'column' ? `p.other ->> 'beta'` : 'NULL'} AS beta
        FROM users u JOIN user_preferences p ON ${joined('p')} JOIN notification_preferences n ON ${joined('n')}) AS r WHERE key < 1000`,
    },
    seen: (through, row) => (through === 'new' && v.remainder !== 'column' ? { ...row, beta: null } : row),
    forgotten: (row) => row,
    insert: (through, key, fresh, complete) =>
      through === 'new' ? insertNew(key, fresh, complete) : insertOld(key, fresh, insertOne),
    replace: (through, key, row, fresh) => {
      if (through === 'old') return insertOld(key, fresh, upsertOne);
      const [digest, notify] = [fresh.random.pick(['daily', 'weekly', 'never']), fresh.random.chance(0.5)];
      const [language, items] = [fresh.text(), fresh.number() % 1_000_000];
      return {
        sql: [
          upsertOne(userPreferences, { ...targetKeyOf(key), language, items_per_page: items }, fresh).sql,
          upsertOne(notificationPreferences, { ...targetKeyOf(key), email: notify, digest }, fresh).sql,
        ].join('; '),
        after: { ...row, language, items, notify, digest },
      };
    },
    update: (through, key, row, fresh) => (through === 'old' ? patchOne(key, row, fresh) : updateNew(key, row, fresh)),
    updateUnmapped: (key, row, fresh) => {
      const email = fresh.text();
      const { table } = source(key, fresh.random);
      return { ...updateOne(table, `email = ${text(email)}`, at(key), fresh), after: { ...row, email } };
    },
    updateMany: (through, list, fresh) => {
      const { change, written, where } = setTheme(list, fresh);
      return through === 'old'
        ? {
            sql: `UPDATE users SET preferences = ${stored(`coalesce(${p}, '{}') || '{"theme": "${written}"}'`)} WHERE ${where(at)}`,
            change,
          }
        : { sql: `UPDATE user_preferences SET theme = '${written}' WHERE ${where(atTarget)}`, change };
    },
    remove: (list, fresh, alone) => ({
      sql: [
        ...(alone && !v.hasForeignKey
          ? targets.map((table) => `DELETE FROM ${table} WHERE ${anyOf(list, atTarget)}`)
          : []),
        deleteOne(
          list.length === 1 && list[0] !== undefined ? source(list[0], fresh.random).table : 'users',
          anyOf(list, at),
          fresh,
        ).sql,
      ].join('; '),
    }),
    move: (from, to, fresh, alone) => ({
      sql: [
        updateOne('users', assigned(keys.of(to)), at(from), fresh).sql,
        ...(alone && !v.hasForeignKey
          ? targets.map((table) => `UPDATE ${table} SET ${assigned(targetKeyOf(to))} WHERE ${atTarget(from)}`)
          : []),
      ].join('; '),
    }),
    reinsert: (key) => ({
      sql: `WITH gone AS (DELETE FROM users WHERE ${at(key)} RETURNING *) INSERT INTO users SELECT * FROM gone`,
    }),
    truncate: (through, partition) =>
      partition === null
        ? `TRUNCATE ${['users', ...(through === 'old' ? [] : targets)].join(', ')} CASCADE; ${fill(100, through === 'old' ? filled : '')}`
        : `TRUNCATE users_p${partition}`,
    partitionOf: (key) => (v.isPartitioned && !v.hasForeignKey ? keys.partitionOf(key) : null),
    truncateTarget: {
      sql: 'TRUNCATE user_preferences',
      change: { theme: 'system', language: null, items: null, ...(v.remainder === 'column' ? { beta: null } : {}) },
    },
    noise,
    filler: (n) => `UPDATE users SET email = email WHERE ${at(100_001 + n)}`,
    fillers: v.fillers,
    hasTriggers: v.triggers.length > 0,
  };
}

const same = (written: string) => ({ written, settled: written });

const marked = (v: Variant, fresh: Fresh): { readonly written: string; readonly settled: string } => {
  const chosen = fresh.marked();
  const does = { V: 'before', w: 'after', d: 'deferred' }[chosen.written.charAt(0)];
  return v.triggers.some((name) => name === does) ? chosen : same(fresh.text());
};

function toDocument(given: Partial<Values>): Record<string, unknown> {
  const doc: Record<string, unknown> = {};
  for (const [column, key] of Object.entries({
    theme: 'theme',
    language: 'language',
    items: 'items_per_page',
    beta: 'beta',
  }))
    if (given[column] !== undefined) doc[key] = given[column];
  const nested = {
    ...(given['notify'] === undefined ? {} : { email: given['notify'] }),
    ...(given['digest'] === undefined ? {} : { digest: given['digest'] }),
  };
  if (Object.keys(nested).length) doc['notifications'] = nested;
  return doc;
}
