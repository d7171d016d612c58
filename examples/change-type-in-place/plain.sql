-- What a person would write by hand, with the application stopped.
ALTER TABLE measurements ALTER COLUMN value TYPE bigint;
