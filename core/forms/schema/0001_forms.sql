-- Every version of the form package of every procedure: the form, what its result says, what its notices say.
CREATE TABLE form_definition (
    procedure_code TEXT NOT NULL,   -- national code "1.001193"
    version INTEGER NOT NULL,       -- 1, 2, …
    digest TEXT NOT NULL,           -- SHA-256 over the three texts, in hex
    form TEXT NOT NULL,             -- JSON, standing alone: lists and groups of the library are written out in it
    result TEXT NOT NULL,           -- the result's template
    notices TEXT NOT NULL,          -- YAML
    effective_from TEXT NOT NULL,   -- first day in force
    effective_to TEXT NOT NULL,     -- first day no longer in force; 9999-12-31 for the newest
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (procedure_code, version)
) STRICT;
