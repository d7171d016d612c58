import {
  asText,
  fromDocument,
  type Preferences,
  someBoolean,
  someDigest,
  someLanguage,
  somePageSize,
  somePreferences,
  someTheme,
} from './preferences.ts';
import { defineTransaction, prepared, type Request, type Version } from './transaction.ts';

const readOld = prepared<{ preferences: unknown }>('new_read_old', 'SELECT id, preferences FROM users WHERE id = $1');
const readNew = prepared<Preferences>(
  'new_read_new',
  `SELECT p.theme, p.language, p.items_per_page::text, n.email::text, n.digest
     FROM users u
     JOIN user_preferences p ON p.user_id = u.id
     JOIN notification_preferences n ON n.user_id = u.id
    WHERE u.id = $1`,
);
const settings = prepared('new_settings', 'SELECT * FROM user_preferences WHERE user_id = $1');
const addUser = prepared<{ id: string }>('new_user', 'INSERT INTO users (email, name) VALUES ($1, $2) RETURNING id');
const addPreferences = prepared(
  'new_preferences',
  'INSERT INTO user_preferences (user_id, theme, language, items_per_page) VALUES ($1, $2, $3, $4)',
);
const addNotifications = prepared(
  'new_notifications',
  'INSERT INTO notification_preferences (user_id, email, digest) VALUES ($1, $2, $3)',
);
const changeTheme = prepared(
  'new_theme',
  'UPDATE user_preferences SET theme = $2, items_per_page = $3 WHERE user_id = $1 RETURNING *',
);
const changeLanguage = prepared('new_language', 'UPDATE user_preferences SET language = $2 WHERE user_id = $1');
const changeNotifications = prepared(
  'new_notify',
  'UPDATE notification_preferences SET email = $2, digest = $3 WHERE user_id = $1',
);
const rename = prepared('new_rename', 'UPDATE users SET name = $2 WHERE id = $1');
const remove = prepared('new_delete', 'DELETE FROM users WHERE id = $1');

/** Written for the final schema. Of the migration it knows only the read switch. */
export const newVersion: Version = {
  name: 'new',
  transactions: [
    defineTransaction('new: read', { share: 40, user: 'fitting' }, readAsSwitched),
    defineTransaction('new: settings page', { share: 10, user: 'any' }, async ({ client, user }) => {
      await settings(client, user);
      return null;
    }),
    defineTransaction('new: change theme', { share: 12, user: 'fitting' }, async ({ client, user }) => {
      const change = { theme: someTheme(), items_per_page: somePageSize() };
      await changeTheme(client, user, change.theme, change.items_per_page);
      return { user, wrote: asText(change) };
    }),
    defineTransaction('new: change language', { share: 8, user: 'fitting' }, async ({ client, user }) => {
      const language = someBoolean() ? someLanguage() : null;
      await changeLanguage(client, user, language);
      return { user, wrote: { language } };
    }),
    defineTransaction('new: change notifications', { share: 14, user: 'fitting' }, async ({ client, user }) => {
      const change = { email: someBoolean(), digest: someDigest() };
      await changeNotifications(client, user, change.email, change.digest);
      return { user, wrote: asText(change) };
    }),
    defineTransaction(
      'new: sign up',
      { share: 9, user: 'none', statements: 'many', writesUsers: true },
      async ({ client }) => {
        const choice = somePreferences();
        const [row] = await addUser(client, 'new@example.com', 'New user');
        await addPreferences(client, row?.id, choice.theme, choice.language, choice.items_per_page);
        await addNotifications(client, row?.id, choice.email, choice.digest);
        return { user: Number(row?.id), wrote: asText(choice) };
      },
    ),
    defineTransaction('new: change name', { share: 5, user: 'any', writesUsers: true }, async ({ client, user }) => {
      await rename(client, user, 'Renamed user');
      return null;
    }),
    defineTransaction('new: leave', { share: 2, user: 'fitting', writesUsers: true }, async ({ client, user }) => {
      await remove(client, user);
      return { user, deleted: true };
    }),
  ],
};

async function readAsSwitched({ client, user, reads }: Request) {
  if (reads?.reads(String(user)) === 'new') {
    const [row] = await readNew(client, user);
    return row ? { user, read: row } : null;
  }
  const [row] = await readOld(client, user);
  return row ? { user, read: fromDocument(row.preferences) } : null;
}
