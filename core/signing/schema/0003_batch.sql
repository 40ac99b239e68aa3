-- Acts of an official over several dossiers: what was chosen and how each went; their papers are signed together.
CREATE TABLE paper_batch (
    id TEXT NOT NULL PRIMARY KEY,
    official TEXT NOT NULL,
    begun_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE paper_batch_item (
    batch TEXT NOT NULL,
    dossier TEXT NOT NULL,
    place INTEGER NOT NULL,
    shown TEXT NOT NULL,
    official TEXT NOT NULL,
    open_until_ms INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (batch, dossier)
) STRICT;

CREATE INDEX paper_batch_item_open ON paper_batch_item (dossier, open_until_ms) WHERE open_until_ms > 0;

ALTER TABLE paper ADD COLUMN batch TEXT NOT NULL DEFAULT '';
CREATE INDEX paper_batch_paper ON paper (batch) WHERE batch <> '';
