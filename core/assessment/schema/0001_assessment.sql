-- What people say of the service (đánh giá mức độ hài lòng): slips, one score for each stage of a dossier, and figures by day.
CREATE TABLE assessment_questionnaire (
    version INTEGER NOT NULL PRIMARY KEY, -- 1, 2, …; never changed once written
    content TEXT NOT NULL,                -- JSON: criteria and from how many answers on a figure is shown
    loaded_ms INTEGER NOT NULL
) STRICT;

-- Who gave it does not stand here: a dossier has one owner.
CREATE TABLE assessment_slip (
    id TEXT NOT NULL PRIMARY KEY,
    dossier TEXT NOT NULL,
    agency TEXT NOT NULL,                 -- that received the dossier
    procedure_code TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    questionnaire INTEGER NOT NULL,       -- version; 0: faces and words only
    comment BLOB NOT NULL                 -- sealed for the dossier
) STRICT;
CREATE INDEX assessment_slip_agency ON assessment_slip (agency, at_ms);

-- One answer for each dossier and stage, never changed.
CREATE TABLE assessment_score (
    dossier TEXT NOT NULL,
    stage TEXT NOT NULL,                  -- reception, processing, result
    slip TEXT NOT NULL REFERENCES assessment_slip (id),
    unit TEXT NOT NULL,                   -- agency where the step was done
    role TEXT NOT NULL,                   -- of those who did it
    official TEXT NOT NULL,               -- account; empty where nobody had done the step yet
    score INTEGER NOT NULL,               -- 1 to 5
    PRIMARY KEY (dossier, stage)
) STRICT;
CREATE INDEX assessment_score_slip ON assessment_score (slip);

CREATE TABLE assessment_reason (
    slip TEXT NOT NULL REFERENCES assessment_slip (id),
    criterion TEXT NOT NULL,
    PRIMARY KEY (slip, criterion)
) STRICT;

-- Roll-up of assessment_score by civil day, kept in the same transaction.
CREATE TABLE assessment_day (
    agency TEXT NOT NULL,
    day TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    stage TEXT NOT NULL,
    n1 INTEGER NOT NULL,
    n2 INTEGER NOT NULL,
    n3 INTEGER NOT NULL,
    n4 INTEGER NOT NULL,
    n5 INTEGER NOT NULL,
    PRIMARY KEY (agency, day, procedure_code, stage)
) STRICT;
CREATE INDEX assessment_day_day ON assessment_day (day);
