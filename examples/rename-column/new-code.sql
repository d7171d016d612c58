-- The version that knows only country_code.
INSERT INTO customers (id, name, country_code) VALUES (3001, 'New', 'pl');
UPDATE customers SET country_code = 'fr' WHERE id IN (20, 21);
UPDATE customers SET name = 'Renamed' WHERE id = 22;
DELETE FROM customers WHERE id = 23;
INSERT INTO customers (id, name, country_code) VALUES (24, 'Twenty-four', 'de')
  ON CONFLICT (id) DO UPDATE SET country_code = EXCLUDED.country_code;
