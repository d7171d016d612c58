import {
  asDocument,
  asText,
  fromDocument,
  someBoolean,
  someDigest,
  someLanguage,
  somePageSize,
  somePreferences,
  someTheme,
} from './preferences.ts';
import { defineTransaction, prepared, type Version } from './transaction.ts';

const read = prepared<{ preferences: unknown }>('old_read', 'SELECT * FROM users WHERE id = $1');

// A careful application: a document that is NULL, an array or a scalar becomes an object before something is put into it.
const object = (value: string) => `CASE WHEN jsonb_typeof(${value}) = 'object' THEN ${value} ELSE '{}' END`;

const merge = prepared(
  'old_merge',
  `UPDATE users SET preferences = ${object('preferences')} || $2::jsonb WHERE id = $1`,
);
const removeLanguage = prepared(
  'old_remove_language',
  `UPDATE users SET preferences = ${object('preferences')} - 'language' WHERE id = $1`,
);
const notify = prepared(
  'old_notify',
  `UPDATE users
      SET preferences = jsonb_set(${object('preferences')}, '{notifications}',
                                  ${object("preferences -> 'notifications'")} || $2::jsonb)
    WHERE id = $1`,
);
const replace = prepared('old_replace', 'UPDATE users SET preferences = $2 WHERE id = $1');
const add = prepared<{ id: string }>(
  'old_insert',
  'INSERT INTO users (email, name, preferences) VALUES ($1, $2, $3) RETURNING id',
);
const rename = prepared('old_rename', 'UPDATE users SET name = $2 WHERE id = $1 RETURNING *');
const remove = prepared('old_delete', 'DELETE FROM users WHERE id = $1');

/** Knows nothing but `users.preferences`. */
export const oldVersion: Version = {
  name: 'old',
  transactions: [
    defineTransaction('old: read', { share: 50, user: 'any' }, async ({ client, user }) => {
      const [row] = await read(client, user);
      return row ? { user, read: fromDocument(row.preferences) } : null;
    }),
    defineTransaction(
      'old: change theme',
      { share: 12, user: 'fitting', writesUsers: true },
      async ({ client, user }) => {
        const change = { theme: someTheme(), items_per_page: somePageSize() };
        await merge(client, user, change);
        return { user, wrote: asText(change) };
      },
    ),
    defineTransaction(
      'old: change language',
      { share: 6, user: 'fitting', writesUsers: true },
      async ({ client, user }) => {
        const language = someBoolean() ? someLanguage() : null;
        await (language === null ? removeLanguage(client, user) : merge(client, user, { language }));
        return { user, wrote: { language } };
      },
    ),
    defineTransaction(
      'old: change notifications',
      { share: 10, user: 'fitting', writesUsers: true },
      async ({ client, user }) => {
        const change = { email: someBoolean(), digest: someDigest() };
        await notify(client, user, change);
        return { user, wrote: asText(change) };
      },
    ),
    defineTransaction(
      'old: replace document',
      { share: 6, user: 'fitting', statements: 'many', writesUsers: true },
      async ({ client, user }) => {
        const [row] = await read(client, user);
        const choice = somePreferences();
        await replace(client, user, { ...unknownKeys(row?.preferences), ...asDocument(choice) });
        return { user, wrote: asText(choice) };
      },
    ),
    defineTransaction('old: sign up', { share: 9, user: 'none', writesUsers: true }, async ({ client }) => {
      const choice = somePreferences();
      const [row] = await add(client, 'new@example.com', 'New user', asDocument(choice));
      return { user: Number(row?.id), wrote: asText(choice) };
    }),
    defineTransaction('old: change name', { share: 5, user: 'any', writesUsers: true }, async ({ client, user }) => {
      await rename(client, user, 'Renamed user');
      return null;
    }),
    defineTransaction('old: leave', { share: 2, user: 'fitting', writesUsers: true }, async ({ client, user }) => {
      await remove(client, user);
      return { user, deleted: true };
    }),
  ],
};

const unknownKeys = (document: unknown): object =>
  document !== null && typeof document === 'object' && !Array.isArray(document) ? document : {};
