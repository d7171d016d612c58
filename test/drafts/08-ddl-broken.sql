CREATE TABLE orders (id bigint PRIMARY KEY, state_text text);
