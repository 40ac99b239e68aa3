-- Sealed attachments. The bytes lie outside; here is what they are, whose, and their key, sealed for the owner.
CREATE TABLE file (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    name BLOB NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    address TEXT NOT NULL,
    file_key BLOB NOT NULL,
    digest BLOB NOT NULL,
    made_ms INTEGER NOT NULL,
    UNIQUE (owner, address)
) STRICT;
