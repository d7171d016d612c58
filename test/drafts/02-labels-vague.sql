CREATE TABLE customers (id bigint PRIMARY KEY, address text);
