-- Who did what: records chained inside their own subject (a dossier, an account, a setting), then appended to one
-- Merkle log by a job. `details` holds ids and salted digests only.
CREATE TABLE audit_chain (
    subject TEXT NOT NULL PRIMARY KEY,
    length INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE audit_record (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT NOT NULL,
    trace TEXT NOT NULL,
    hash BLOB NOT NULL,
    position INTEGER,
    UNIQUE (subject, number)
) STRICT;

CREATE INDEX audit_record_waiting ON audit_record (id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_record_position ON audit_record (position) WHERE position IS NOT NULL;

-- Roots of the complete subtrees of the log: level 0 are the leaves (RFC 6962).
CREATE TABLE audit_node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
) STRICT;

CREATE TABLE audit_head (
    size INTEGER NOT NULL PRIMARY KEY,
    root BLOB NOT NULL,
    signed_ms INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;
