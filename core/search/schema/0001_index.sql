-- What can be found by words. Only public text stands here: people are found by blind tokens (vault), never here.
CREATE TABLE search_entry (
    kind TEXT NOT NULL,      -- "procedure", …
    id TEXT NOT NULL,        -- the finder's own id of the thing
    title TEXT NOT NULL,     -- folded
    phrases TEXT NOT NULL,   -- folded, one a line: words that people use for it
    body TEXT NOT NULL,      -- folded
    sort_key BLOB NOT NULL,  -- of the title, in the order of a Vietnamese dictionary
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE search_word (
    kind TEXT NOT NULL,
-- sqlite
    word TEXT NOT NULL,
-- postgresql
    word TEXT COLLATE "C" NOT NULL,
-- both
    id TEXT NOT NULL,
    PRIMARY KEY (kind, word, id)
) STRICT;
CREATE INDEX search_word_of ON search_word (kind, id);
