-- What the world is still to be told. state: 0 waiting, 1 done, 2 given up (an administrator may send it again).
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload BLOB NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    not_before_ms INTEGER NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    settled_ms INTEGER,
    last_error TEXT NOT NULL
) STRICT;

CREATE INDEX outbox_waiting ON outbox (not_before_ms, id) WHERE state = 0;
CREATE INDEX outbox_order ON outbox (subject, id) WHERE state = 0;
CREATE INDEX outbox_given_up ON outbox (settled_ms) WHERE state = 2;

-- What the world has told us, by the key it gave; the row commits with the change it causes.
CREATE TABLE inbox (
    source TEXT NOT NULL,
    external_key TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (source, external_key)
) STRICT;

-- Which node runs a scheduled job, until when, and when it last ran.
CREATE TABLE job_lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    last_run_ms INTEGER NOT NULL
) STRICT;
