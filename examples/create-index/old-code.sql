INSERT INTO orders (id, customer, placed_on, total) VALUES (2001, 'Ann', '2026-02-01', 10);
UPDATE orders SET total = 0 WHERE id = 5;
DELETE FROM orders WHERE id = 6;
