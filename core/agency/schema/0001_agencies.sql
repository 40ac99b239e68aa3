-- Agencies (cơ quan) with the days between which they exist; each may be placed below another parent from a day on.
CREATE TABLE agency (
    id TEXT NOT NULL PRIMARY KEY,  -- a word that stays: "so-tu-phap"
    kind TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT,
    short_name TEXT,
    identifier TEXT,               -- Decision 20/2020/QĐ-TTg: "H29.15"
    old_identifier TEXT,           -- QCVN 102:2016/BTTTT: "000.00.15.H29"
    derived INTEGER NOT NULL,      -- 1: the identifiers were made by us, not published
    valid_from TEXT NOT NULL,      -- first day; 0000-01-01 where it has always been
    valid_to TEXT NOT NULL,        -- last day; 9999-12-31 where no end is known
    successor_id TEXT REFERENCES agency (id)
) STRICT;

CREATE TABLE agency_place (
    agency_id TEXT NOT NULL REFERENCES agency (id),
    valid_from TEXT NOT NULL,      -- until the next place of the same agency
    parent_id TEXT NOT NULL REFERENCES agency (id),
    PRIMARY KEY (agency_id, valid_from)
) STRICT;

-- Every name by which an agency is known to others, whichever form: they must not mean two agencies.
CREATE TABLE agency_alias (
    alias TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agency (id)
) STRICT;
CREATE INDEX agency_alias_of ON agency_alias (agency_id);

-- One row: which state of the tree stands here, so that a node knows when to read it again.
CREATE TABLE agency_state (id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT;
INSERT INTO agency_state (id, version) VALUES (1, 0);
