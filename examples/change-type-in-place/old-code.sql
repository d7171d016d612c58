-- The version that knows only the first column.
INSERT INTO measurements (id, sensor, value) VALUES (2001, 'old', 7), (2002, 'old', NULL);
UPDATE measurements SET value = value + 1 WHERE id IN (5, 6);
UPDATE measurements SET value = NULL WHERE id = 7;
DELETE FROM measurements WHERE id = 8;
