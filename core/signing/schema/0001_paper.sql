-- The papers that agencies make for dossiers: asked for in the transaction that causes them, made and signed after it.
CREATE TABLE paper (
    id TEXT NOT NULL PRIMARY KEY,
    dossier TEXT NOT NULL,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    check_code TEXT NOT NULL UNIQUE,
    asked_ms INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    facts BLOB NOT NULL,
    must_sign INTEGER NOT NULL,
    look_ms INTEGER,
    problem TEXT NOT NULL,
    file TEXT,
    signed INTEGER NOT NULL,
    made_ms INTEGER
) STRICT;

CREATE INDEX paper_dossier ON paper (dossier, id);
CREATE INDEX paper_unmade ON paper (look_ms) WHERE made_ms IS NULL;

-- One counter for each agency, year and register: numbers without gaps, taken in the transaction that asks for the paper.
CREATE TABLE paper_counter (
    agency TEXT NOT NULL,
    year INTEGER NOT NULL,
    register TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (agency, year, register)
) STRICT;
