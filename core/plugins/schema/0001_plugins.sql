-- Which plugins are switched on, under which profiles they run, and every change of it.
CREATE TABLE plugin_switch (
    plugin TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL,
    isolation TEXT NOT NULL, -- process | in_process
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE plugin_profile (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    config TEXT NOT NULL, -- JSON, without secrets
    enabled INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (plugin, name)
) STRICT;

CREATE TABLE plugin_secret (
    plugin TEXT NOT NULL,
    profile TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (plugin, profile, name)
) STRICT;

-- The history; secrets stand in it by name only.
CREATE TABLE plugin_change (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    profile TEXT NOT NULL,
    what TEXT NOT NULL,
    config TEXT NOT NULL,
    secrets TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX plugin_change_by_plugin ON plugin_change (plugin, id);

-- One row: by its number every node notices that something was changed elsewhere.
CREATE TABLE plugin_revision (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO plugin_revision (id, revision) VALUES (1, 1);

-- What plugins keep for themselves.
CREATE TABLE plugin_value (
    plugin TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, -- 0: never
    PRIMARY KEY (plugin, name)
) STRICT;
