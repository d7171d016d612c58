CREATE TABLE "User" (id integer PRIMARY KEY, email text NOT NULL, "legacyFlag" boolean);
