-- Drafts by when they were touched last: old ones are thrown away.
CREATE INDEX dossier_drafts ON dossier (changed_ms) WHERE state = 0;
