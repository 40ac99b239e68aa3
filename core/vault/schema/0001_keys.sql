-- The data keys, each wrapped by the master key outside the database. A destroyed key keeps its row without the key.
CREATE TABLE vault_key (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    wrapped BLOB,
    made_ms INTEGER NOT NULL,
    destroyed_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX vault_key_live ON vault_key (subject) WHERE destroyed_ms IS NULL;
