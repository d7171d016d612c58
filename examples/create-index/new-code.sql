INSERT INTO orders (id, customer, placed_on, total) VALUES (3001, 'Bob', '2026-02-01', 20);
SELECT sum(total) FROM orders WHERE placed_on = '2026-02-01' AND lower(customer) = 'bob' AND total > 0;
