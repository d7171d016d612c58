CREATE TABLE people (id bigint PRIMARY KEY, profile jsonb);
INSERT INTO people
SELECT i, jsonb_build_object('display', jsonb_build_object('theme', 'dark', 'dense', i % 2 = 0),
                             'contact_mail', 'p' || i || '@example.com', 'contact_display', 'Person ' || i)
  FROM generate_series(1, 1500) AS i;
UPDATE people SET profile = NULL WHERE id = 9;
