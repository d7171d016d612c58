CREATE TABLE users (id bigint PRIMARY KEY, settings jsonb);
INSERT INTO users
SELECT i, jsonb_build_object('email', i % 2 = 0, 'digest', (ARRAY['daily', 'weekly'])[1 + i % 2], 'beta', true)
  FROM generate_series(1, 100) AS i;
