-- How often an item was ever taken: `attempts` begins anew where an administrator sends it again.
ALTER TABLE outbox ADD COLUMN takings INTEGER NOT NULL DEFAULT 0;
