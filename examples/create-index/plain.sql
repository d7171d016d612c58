-- What a person would write by hand, with the application stopped.
CREATE INDEX orders_by_day ON orders (placed_on, lower(customer)) INCLUDE (total) WHERE total > 0;
