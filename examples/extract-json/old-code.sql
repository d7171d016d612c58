-- The version that knows only users.preferences.
INSERT INTO users (id, email, preferences) VALUES
  (2001, 'o1@example.com', '{"theme": "dark", "notifications": {"email": false, "digest": "daily"}, "beta": true}'),
  (2002, 'o2@example.com', NULL);
INSERT INTO users (id, email) VALUES (2003, 'o3@example.com');
UPDATE users SET preferences = preferences || '{"theme": "blue"}' WHERE id IN (7, 8);
UPDATE users SET preferences = jsonb_set(preferences, '{notifications,email}', 'false') WHERE id = 9;
UPDATE users SET preferences = '{"language": "fr", "shortcuts": ["a"]}' WHERE id BETWEEN 49 AND 51;
UPDATE users SET preferences = NULL WHERE id = 10;
UPDATE users SET email = 'moved@example.com' WHERE id = 11;
UPDATE users SET id = 2012 WHERE id = 12;
DELETE FROM users WHERE id IN (13, 14);
INSERT INTO users (id, email, preferences) VALUES (15, 'o15@example.com', '{"theme": "red"}')
  ON CONFLICT (id) DO UPDATE SET preferences = EXCLUDED.preferences;
