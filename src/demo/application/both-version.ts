import {
  asDocument,
  asText,
  someDigest,
  someBoolean,
  somePageSize,
  somePreferences,
  someTheme,
} from './preferences.ts';
import { defineTransaction, prepared, type Version } from './transaction.ts';

const add = prepared<{ id: string }>(
  'both_user',
  'INSERT INTO users (email, name, preferences) VALUES ($1, $2, $3) RETURNING *',
);
const addPreferences = prepared(
  'both_preferences',
  'INSERT INTO user_preferences (user_id, theme, language, items_per_page) VALUES ($1, $2, $3, $4)',
);
const addNotifications = prepared(
  'both_notifications',
  'INSERT INTO notification_preferences (user_id, email, digest) VALUES ($1, $2, $3)',
);
const isObject = "jsonb_typeof(preferences) = 'object'";
const changeOld = prepared(
  'both_old',
  `UPDATE users SET preferences = CASE WHEN ${isObject} THEN preferences ELSE '{}' END || $2::jsonb WHERE id = $1`,
);
const changeNew = prepared(
  'both_new',
  'UPDATE user_preferences SET theme = $2, items_per_page = $3 WHERE user_id = $1',
);
const notifyOld = prepared(
  'both_notify_old',
  `UPDATE users
      SET preferences = CASE WHEN ${isObject} THEN preferences ELSE '{}' END || jsonb_build_object('notifications', $2::jsonb)
    WHERE id = $1`,
);
const notifyNew = prepared(
  'both_notify_new',
  'UPDATE notification_preferences SET email = $2, digest = $3 WHERE user_id = $1',
);

/** Writes both shapes itself, in one transaction, in either order: what many teams do by hand. */
export const bothVersion: Version = {
  name: 'both',
  transactions: [
    defineTransaction(
      'both: sign up',
      { share: 20, user: 'none', statements: 'many', writesUsers: true },
      async ({ client }) => {
        const choice = somePreferences();
        const [row] = await add(client, 'new@example.com', 'New user', asDocument(choice));
        await addPreferences(client, row?.id, choice.theme, choice.language, choice.items_per_page);
        await addNotifications(client, row?.id, choice.email, choice.digest);
        return { user: Number(row?.id), wrote: asText(choice) };
      },
    ),
    defineTransaction(
      'both: change old, then new',
      { share: 40, user: 'fitting', statements: 'many', writesUsers: true },
      async ({ client, user }) => {
        const change = { theme: someTheme(), items_per_page: somePageSize() };
        await changeOld(client, user, change);
        await changeNew(client, user, change.theme, change.items_per_page);
        return { user, wrote: asText(change) };
      },
    ),
    defineTransaction(
      'both: change new, then old',
      { share: 40, user: 'fitting', statements: 'many', writesUsers: true },
      async ({ client, user }) => {
        const change = { email: someBoolean(), digest: someDigest() };
        await notifyNew(client, user, change.email, change.digest);
        await notifyOld(client, user, change);
        return { user, wrote: asText(change) };
      },
    ),
  ],
};
