-- Dossiers that were filed in person: which official took them in, and for whom (sealed). `account` is the applicant's own,
-- empty where there is none.
CREATE TABLE dossier_reception (
    dossier TEXT NOT NULL PRIMARY KEY REFERENCES dossier (id),
    official TEXT NOT NULL,
    account TEXT NOT NULL,
    applicant BLOB NOT NULL
) STRICT;
