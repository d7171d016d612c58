-- The version that is written for the new tables and never names users.preferences.
BEGIN;
INSERT INTO users (id, email) VALUES (3001, 'n1@example.com');
INSERT INTO user_preferences (user_id, theme, language) VALUES (3001, 'green', 'en');
INSERT INTO notification_preferences (user_id, email, digest) VALUES (3001, false, 'never');
COMMIT;
UPDATE user_preferences SET theme = 'pink', items_per_page = 25 WHERE user_id IN (20, 21);
UPDATE user_preferences SET language = NULL WHERE user_id = 22;
UPDATE user_preferences SET other = '{"beta": false}' WHERE user_id = 23;
UPDATE notification_preferences SET email = NOT email, digest = 'daily' WHERE user_id BETWEEN 24 AND 26;
UPDATE users SET email = 'renamed@example.com' WHERE id = 27;
UPDATE users SET id = 3028 WHERE id = 28;
DELETE FROM users WHERE id = 29;
INSERT INTO user_preferences (user_id, theme) VALUES (30, 'grey')
  ON CONFLICT (user_id) DO UPDATE SET theme = EXCLUDED.theme;
