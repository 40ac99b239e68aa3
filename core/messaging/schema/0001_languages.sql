-- The language in which a person dealt with us last: letters go by it. Nobody here: Vietnamese.
CREATE TABLE messaging_language (
    account TEXT NOT NULL PRIMARY KEY,
    locale TEXT NOT NULL                  -- vi, en
) STRICT;
