CREATE TABLE members (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  joined date NOT NULL DEFAULT '2024-01-01',
  options json
);
INSERT INTO members (options)
SELECT json_build_object('timeZone', 'Europe/Berlin', 'editor', json_build_object('fontSize', 10 + i % 8, 'wrap', i % 2 = 0),
         'tags', json_build_array('a', 'b'),
         'privacy', json_build_object('showEmail', i % 4 = 0, 'visibleTo', (ARRAY['all', 'friends', 'nobody'])[1 + i % 3]),
         'visits', 5000000000 + i)
  FROM generate_series(1, 1500) AS i;
UPDATE members SET options = '{"privacy": {"visibleTo": "enemies"}}' WHERE id = (SELECT id FROM members LIMIT 1);
UPDATE members SET options = '{"timeZone": "UTC", "experiment": {"arm": 3}}'
 WHERE id = (SELECT id FROM members OFFSET 10 LIMIT 1);
