-- The version between the two renames.
INSERT INTO measurements (id, sensor, value_new) VALUES (3001, 'new', 70), (3002, 'new', NULL);
UPDATE measurements SET value_new = value_new * 2 WHERE id IN (20, 21);
UPDATE measurements SET value_new = 8000000 WHERE id = 22;
DELETE FROM measurements WHERE id = 23;
