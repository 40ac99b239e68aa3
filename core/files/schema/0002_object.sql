-- Under which name the sealed bytes lie: a random word that tells nothing, by which leftovers are told from what is in use. Null
-- in rows of before; FileStore::sweep() fills it in from the sealed key.
ALTER TABLE file ADD COLUMN object TEXT;

CREATE INDEX file_object ON file (object);
CREATE INDEX file_without_object ON file (id) WHERE object IS NULL;
