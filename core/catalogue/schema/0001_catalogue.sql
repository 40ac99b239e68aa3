CREATE TABLE catalogue_field (
    id TEXT NOT NULL PRIMARY KEY,   -- "ho-tich"
    name_vi TEXT NOT NULL,
    name_en TEXT,
    ministry TEXT,
    sort_key BLOB NOT NULL
) STRICT;

-- Every version of every procedure. The columns beside the body are those that lists read and filter by.
CREATE TABLE catalogue_procedure (
    code TEXT NOT NULL,             -- national code "1.001193"
    version INTEGER NOT NULL,       -- 1, 2, …
    origin TEXT NOT NULL,           -- "city": our own file; "national": taken over as published, unproved
    digest TEXT NOT NULL,           -- SHA-256 of the body, in hex
    body TEXT NOT NULL,             -- the whole as JSON, in the shape of the files
    name_vi TEXT NOT NULL,
    name_en TEXT,
    sort_key BLOB NOT NULL,
    field TEXT NOT NULL REFERENCES catalogue_field (id),
    online_level INTEGER,
    ready INTEGER NOT NULL,
    effective_from TEXT NOT NULL,   -- first day in force
    effective_to TEXT NOT NULL,     -- first day no longer in force; 9999-12-31 for the newest
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE INDEX catalogue_procedure_listed ON catalogue_procedure (sort_key, code);
CREATE INDEX catalogue_procedure_field ON catalogue_procedure (field, sort_key, code);

CREATE TABLE catalogue_level (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (code, version, level),
    FOREIGN KEY (code, version) REFERENCES catalogue_procedure (code, version)
) STRICT;

-- What the city's council (Hội đồng nhân dân) has set for a fee, from a day on.
CREATE TABLE catalogue_council_fee (
    code TEXT NOT NULL,
    fee_id TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    amount INTEGER NOT NULL,        -- đồng for one unit
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (code, fee_id, effective_from)
) STRICT;
