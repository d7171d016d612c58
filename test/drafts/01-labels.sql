CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb);
INSERT INTO users
SELECT i, jsonb_build_object('theme', 'dark', 'notifications', jsonb_build_object('email', i % 2 = 0))
  FROM generate_series(1, 100) AS i;
