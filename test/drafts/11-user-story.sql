CREATE TABLE readers (id bigint PRIMARY KEY, language text);
