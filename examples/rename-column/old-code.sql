-- The version that knows only country.
INSERT INTO customers (id, name, country) VALUES (2001, 'Old', 'fr');
INSERT INTO customers (id, name) VALUES (2002, 'By default');
UPDATE customers SET country = 'pl' WHERE id IN (5, 6);
UPDATE customers SET name = 'Renamed' WHERE id = 7;
UPDATE customers SET id = 2008 WHERE id = 8;
DELETE FROM customers WHERE id = 9;
INSERT INTO customers (id, name, country) VALUES (10, 'Ten', 'pl')
  ON CONFLICT (id) DO UPDATE SET country = EXCLUDED.country;
