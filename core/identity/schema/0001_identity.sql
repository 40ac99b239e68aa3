-- People who sign in: citizens, organisations, officials. Words of a person stand sealed; what they are found by, blind.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    email BLOB NOT NULL,
    email_token BLOB NOT NULL UNIQUE,
    full_name BLOB NOT NULL,
    phone BLOB NOT NULL,
    national_id BLOB NOT NULL,
    national_id_token BLOB,
    password_hash TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    confirmed_ms INTEGER,
    demo INTEGER NOT NULL
) STRICT;

CREATE INDEX account_national_id ON account (national_id_token);

CREATE TABLE account_name_word (
    token BLOB NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    PRIMARY KEY (token, account_id)
) STRICT;

-- A role inside a region of data: the agency and everything below it.
CREATE TABLE account_role (
    account_id TEXT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    agency_id TEXT NOT NULL,
    PRIMARY KEY (account_id, role, agency_id)
) STRICT;

CREATE INDEX account_role_agency ON account_role (agency_id, role);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    made_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_end ON session (ends_ms);

-- Links that work once: to confirm an address, to set a new password.
CREATE TABLE one_time_link (
    token_hash BLOB NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    purpose TEXT NOT NULL,
    ends_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX one_time_link_end ON one_time_link (ends_ms);
