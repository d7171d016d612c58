-- What a person would write by hand, with the application stopped.
ALTER TABLE products ALTER COLUMN price DROP DEFAULT;
ALTER TABLE products ALTER COLUMN price TYPE integer USING round(price * 100);
ALTER TABLE products RENAME COLUMN price TO price_cents;
ALTER TABLE products ALTER COLUMN price_cents SET DEFAULT (round(0::numeric(10, 2) * 100))::integer;
