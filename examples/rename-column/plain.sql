-- What a person would write by hand, with the application stopped.
ALTER TABLE customers RENAME COLUMN country TO country_code;
