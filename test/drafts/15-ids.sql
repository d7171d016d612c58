CREATE TABLE accounts (id bigint PRIMARY KEY, mail text);
