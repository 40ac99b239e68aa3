-- Dossiers: drafts, submissions and accepted ones. What a person wrote stands sealed; routing facts and states in clear.
CREATE TABLE dossier (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT UNIQUE,
    code TEXT UNIQUE,
    owner TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    procedure_name TEXT NOT NULL,
    procedure_version INTEGER NOT NULL,
    form_version INTEGER NOT NULL,
    agency TEXT NOT NULL,
    channel TEXT NOT NULL,
    case_id TEXT NOT NULL,
    state INTEGER NOT NULL,
    phase TEXT NOT NULL,
    version INTEGER NOT NULL,
    open_answers TEXT NOT NULL,
    sealed_answers BLOB NOT NULL,
    applicant BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    fee_dong INTEGER NOT NULL,
    fee_paid_ms INTEGER,
    made_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    submitted_ms INTEGER,
    accepted_ms INTEGER,
    due_ms INTEGER,
    ended_ms INTEGER,
    submit_key TEXT UNIQUE
) STRICT;

CREATE INDEX dossier_owner ON dossier (owner, changed_ms, id);
CREATE INDEX dossier_agency ON dossier (agency, state, submitted_ms);

-- One counter for each agency and civil day: XXXX of the legal code (Circular 01/2018, article 19).
CREATE TABLE dossier_counter (
    agency TEXT NOT NULL,
    day TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (agency, day)
) STRICT;

-- What happened to a dossier, as its owner sees it (O5, P11).
CREATE TABLE dossier_event (
    dossier TEXT NOT NULL REFERENCES dossier (id),
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state INTEGER NOT NULL,
    actor TEXT NOT NULL,
    agency TEXT NOT NULL,
    step TEXT NOT NULL,
    note BLOB NOT NULL,
    PRIMARY KEY (dossier, number)
) STRICT;

-- Papers that the agency made: receipt, request for supplement, refusal, result.
CREATE TABLE dossier_document (
    dossier TEXT NOT NULL REFERENCES dossier (id),
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    PRIMARY KEY (dossier, kind)
) STRICT;
