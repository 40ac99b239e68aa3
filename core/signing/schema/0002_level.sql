-- How much a paper's signature proves by itself (B-B, B-T, B-LT; empty: unsigned), and when more is to be tried.
ALTER TABLE paper ADD COLUMN level TEXT NOT NULL DEFAULT '';
ALTER TABLE paper ADD COLUMN extend_ms INTEGER;
UPDATE paper SET level = 'B-B' WHERE signed = 1;

CREATE INDEX paper_extend ON paper (extend_ms) WHERE extend_ms IS NOT NULL;
