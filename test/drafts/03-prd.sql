CREATE TABLE search_log (id bigint PRIMARY KEY, words text);
