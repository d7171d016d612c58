-- The version that counts in cents.
INSERT INTO products (id, name, price_cents) VALUES (3001, 'New', 1999);
UPDATE products SET price_cents = price_cents + 1 WHERE id IN (20, 21);
UPDATE products SET name = 'Renamed' WHERE id = 22;
DELETE FROM products WHERE id = 23;
