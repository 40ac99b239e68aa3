-- Where people go and whom they call; empty where the agency publishes none.
ALTER TABLE agency ADD COLUMN address TEXT;
ALTER TABLE agency ADD COLUMN phone TEXT;
