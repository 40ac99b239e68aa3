-- The list of officials, among a million citizens.
CREATE INDEX account_officials ON account (id) WHERE kind = 3;
