-- The version that counts in euros.
INSERT INTO products (id, name, price) VALUES (2001, 'Old', 9.99);
INSERT INTO products (id, name) VALUES (2002, 'Free');
UPDATE products SET price = price + 0.01 WHERE id IN (5, 6);
UPDATE products SET name = 'Renamed' WHERE id = 7;
DELETE FROM products WHERE id = 8;
