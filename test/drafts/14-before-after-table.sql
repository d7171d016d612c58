CREATE TABLE orders (id integer PRIMARY KEY, legacy_id uuid);
CREATE TABLE order_items (id bigint PRIMARY KEY, order_id integer NOT NULL);
CREATE INDEX ON order_items (order_id);
