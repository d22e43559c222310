-- why: a person's first workspace is made once, at the first sign-in, however many windows that happens in
-- locks: users, for the milliseconds of adding a column without a default
-- breaking: no

ALTER TABLE users ADD COLUMN welcomed_at timestamptz;
