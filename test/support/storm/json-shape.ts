import type { Random } from './random.ts';
import { text, type Row, type Shape, type Through, type Write } from './shape.ts';

let last = 0;
/** Never the same twice, so that a lost write shows. */
const fresh = () => `v${++last}`;

type Values = NonNullable<Row>;

const absent: Values = {
  email: null,
  theme: 'system',
  language: null,
  items: null,
  notify: true,
  digest: null,
  beta: null,
};

const toDocument = (given: Partial<Values>): string => {
  const doc: Record<string, unknown> = {};
  if (given['theme'] !== undefined) doc['theme'] = given['theme'];
  if (given['language'] !== undefined) doc['language'] = given['language'];
  if (given['items'] !== undefined) doc['items_per_page'] = given['items'];
  if (given['beta'] !== undefined) doc['beta'] = given['beta'];
  const nested = {
    ...(given['notify'] === undefined ? {} : { email: given['notify'] }),
    ...(given['digest'] === undefined ? {} : { digest: given['digest'] }),
  };
  if (Object.keys(nested).length) doc['notifications'] = nested;
  return `'${JSON.stringify(doc)}'`;
};

/** Some of the columns with new values. */
function some(random: Random): Partial<Values> {
  const all: Partial<Values> = {
    theme: fresh(),
    language: fresh(),
    items: random.upTo(1_000_000),
    notify: random.chance(0.5),
    digest: random.pick(['daily', 'weekly', 'never']),
    beta: fresh(),
  };
  return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.5)));
}

/** One statement of old code that changes one place of the document. */
function patchOne(key: number, row: Values, random: Random): Write {
  const where = `WHERE id = ${key}`;
  const set = (path: string, value: unknown, change: Partial<Values>): Write => ({
    sql: `UPDATE users SET preferences = jsonb_set(coalesce(preferences, '{}'), '{${path}}', '${JSON.stringify(value)}') ${where}`,
    after: { ...row, ...change } as Values,
  });
  const value = fresh();
  switch (random.upTo(6)) {
    case 0:
      return set('theme', value, { theme: value });
    case 1:
      return set('language', value, { language: value });
    case 2:
      return set('beta', value, { beta: value });
    case 3:
      return {
        sql: `UPDATE users SET preferences = preferences - 'language' ${where}`,
        after: { ...row, language: null },
      };
    case 4:
      return { sql: `UPDATE users SET preferences = NULL ${where}`, after: { ...absent, email: row['email'] ?? null } };
    default: {
      const given = some(random);
      return {
        sql: `UPDATE users SET preferences = ${toDocument(given)} ${where}`,
        after: { ...absent, email: row['email'] ?? null, ...given },
      };
    }
  }
}

function insertNew(key: number, random: Random, complete: boolean): Write {
  const [email, theme, language] = [fresh(), fresh(), fresh()];
  const digest = random.pick(['daily', 'weekly', 'never']);
  const notify = random.chance(0.5);
  const targets = [
    `INSERT INTO user_preferences (user_id, theme, language) VALUES (${key}, ${text(theme)}, ${text(language)})`,
    `INSERT INTO notification_preferences (user_id, email, digest) VALUES (${key}, ${notify}, ${text(digest)})`,
  ];
  if (random.chance(0.5)) targets.reverse();
  const onlyUser = random.chance(0.2) && !complete;
  return {
    sql: [`INSERT INTO users (id, email) VALUES (${key}, ${text(email)})`, ...(onlyUser ? [] : targets)].join('; '),
    after: onlyUser ? { ...absent, email } : { ...absent, email, theme, language, notify, digest },
  };
}

function updateNew(key: number, row: Values, random: Random): Write {
  const value = fresh();
  switch (random.upTo(5)) {
    case 0:
      return {
        sql: `UPDATE user_preferences SET theme = ${text(value)} WHERE user_id = ${key}`,
        after: { ...row, theme: value },
      };
    case 1:
      return {
        sql: `UPDATE user_preferences SET language = NULL, items_per_page = 7 WHERE user_id = ${key}`,
        after: { ...row, language: null, items: 7 },
      };
    case 2:
      return {
        sql: `UPDATE notification_preferences SET email = NOT email, digest = 'never' WHERE user_id = ${key}`,
        after: { ...row, notify: !row['notify'], digest: 'never' },
      };
    case 3:
      return {
        sql: `UPDATE user_preferences SET other = jsonb_build_object('beta', ${text(value)}) WHERE user_id = ${key}`,
        after: { ...row, beta: value },
      };
    default:
      return {
        sql: `INSERT INTO user_preferences (user_id, theme) VALUES (${key}, 'unused') ON CONFLICT (user_id) DO UPDATE SET language = ${text(value)}`,
        after: { ...row, language: value },
      };
  }
}

/** JSON documents become two tables. */
export const jsonShape: Shape = {
  migration: 'examples/extract-json/migration.yaml',
  before: `
    CREATE TABLE users (id bigint PRIMARY KEY, email text, preferences jsonb);
    INSERT INTO users SELECT i, 'x', '{"theme": "filler", "notifications": {"digest": "daily"}}' FROM generate_series(100001, 130000) AS i`,
  readOld: `SELECT id AS key, email, CASE WHEN preferences ? 'theme' THEN preferences ->> 'theme' ELSE 'system' END AS theme, preferences ->> 'language' AS language,
      (preferences ->> 'items_per_page')::int AS items, coalesce((preferences -> 'notifications' ->> 'email')::boolean, true) AS notify,
      preferences -> 'notifications' ->> 'digest' AS digest, preferences ->> 'beta' AS beta FROM users WHERE id < 1000`,
  readNew: `SELECT id AS key, u.email, p.theme, p.language, p.items_per_page AS items, n.email AS notify, n.digest, p.other ->> 'beta' AS beta
      FROM users u JOIN user_preferences p ON p.user_id = u.id JOIN notification_preferences n ON n.user_id = u.id WHERE id < 1000`,
  insert: (through, key, random, complete) => {
    if (through === 'new') return insertNew(key, random, complete);
    const [email, given] = [fresh(), some(random)];
    const upsert = random.chance(0.3)
      ? ' ON CONFLICT (id) DO UPDATE SET email = EXCLUDED.email, preferences = EXCLUDED.preferences'
      : '';
    return {
      sql: `INSERT INTO users (id, email, preferences) VALUES (${key}, ${text(email)}, ${toDocument(given)})${upsert}`,
      after: { ...absent, email, ...given },
    };
  },
  update: (through, key, row, random) => (through === 'old' ? patchOne(key, row, random) : updateNew(key, row, random)),
  updateUnmapped: (key, row) => {
    const email = fresh();
    return { sql: `UPDATE users SET email = ${text(email)} WHERE id = ${key}`, after: { ...row, email } };
  },
  remove: (key) => `DELETE FROM users WHERE id = ${key}`,
  move: (from, to) => `UPDATE users SET id = ${to} WHERE id = ${from}`,
  updateMany: (through, keys) => {
    const value = fresh();
    const list = keys.join(', ');
    return through === 'old'
      ? {
          sql: `UPDATE users SET preferences = coalesce(preferences, '{}') || '{"theme": "${value}"}' WHERE id IN (${list})`,
          change: { theme: value },
        }
      : { sql: `UPDATE user_preferences SET theme = '${value}' WHERE user_id IN (${list})`, change: { theme: value } };
  },
  noise: (through, key, random) => noise(through, key, random),
};

/** Anything goes, arrays and scalars too. */
function noise(through: Through, key: number, random: Random): string {
  const old = [
    `UPDATE users SET preferences = '[1]' WHERE id = ${key}`,
    `UPDATE users SET preferences = '{"notifications": 7}' WHERE id = ${key}`,
    `UPDATE users SET preferences = '{"items_per_page": "many", "notifications": {"email": "perhaps", "digest": "hourly"}}' WHERE id = ${key}`,
    `UPDATE users SET preferences = ${toDocument(some(random))} WHERE id = ${key}`,
    `UPDATE users SET preferences = preferences || '{"theme": "${fresh()}"}' WHERE id = ${key} AND jsonb_typeof(preferences) = 'object'`,
    `DELETE FROM users WHERE id = ${key}`,
    `INSERT INTO users (id, email, preferences) VALUES (${key}, 'n', ${toDocument(some(random))}) ON CONFLICT (id) DO UPDATE SET preferences = EXCLUDED.preferences`,
    `WITH gone AS (DELETE FROM users WHERE id = ${key} RETURNING preferences) INSERT INTO users SELECT ${key + 50}, 'n', preferences FROM gone ON CONFLICT (id) DO NOTHING`,
  ];
  const fresher = [
    `UPDATE user_preferences SET theme = '${fresh()}' WHERE user_id = ${key}`,
    `UPDATE notification_preferences SET digest = 'weekly', email = NOT email WHERE user_id = ${key}`,
    `DELETE FROM user_preferences WHERE user_id = ${key}`,
    `UPDATE user_preferences SET other = '{"beta": "${fresh()}"}' WHERE user_id = ${key}`,
    `DELETE FROM users WHERE id = ${key}`,
  ];
  return random.pick(through === 'old' ? old : fresher);
}
