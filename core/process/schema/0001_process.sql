-- Processes (quy trình): versions of definitions, instances that run on one of them, their steps and timers.
CREATE TABLE process_definition (
    id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,                -- "1.001193": what the versions are versions of
    version INTEGER NOT NULL,         -- 1, 2, …; never changed once written
    name TEXT NOT NULL,
    bpmn TEXT NOT NULL,               -- the file as it was drawn
    created_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (key, version)
) STRICT;

CREATE TABLE process_instance (
    id TEXT NOT NULL PRIMARY KEY,
    definition_id TEXT NOT NULL REFERENCES process_definition (id),
    subject TEXT NOT NULL,            -- opaque: whose process this is
    status TEXT NOT NULL,
    variables TEXT NOT NULL,          -- JSON: routing data, never personal data
    tokens TEXT NOT NULL,             -- JSON
    units TEXT NOT NULL,              -- JSON: the unit names of the drawing → agencies
    version INTEGER NOT NULL,         -- grows with each change
    started_ms INTEGER NOT NULL,
    paused_ms INTEGER,
    ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX process_instance_running ON process_instance (subject) WHERE ended_ms IS NULL;
CREATE INDEX process_instance_of ON process_instance (subject, started_ms);

CREATE TABLE process_task (
    id TEXT NOT NULL PRIMARY KEY,
    instance_id TEXT NOT NULL REFERENCES process_instance (id),
    subject TEXT NOT NULL,
    element TEXT NOT NULL,
    name TEXT NOT NULL,
    token INTEGER NOT NULL,
    role TEXT NOT NULL,
    agency_id TEXT NOT NULL,
    assignee TEXT,                    -- the official who holds it; NULL: anybody of role and agency
    state TEXT NOT NULL,              -- open, done, cancelled, given_back
    outcome TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,          -- the year 10000 where the step has no limit
    limit_text TEXT NOT NULL,         -- as the definition gave it; empty for none
    closed_ms INTEGER,
    closed_by TEXT,
    version INTEGER NOT NULL          -- grows with each change
) STRICT;
CREATE INDEX process_task_open ON process_task (agency_id, role, due_ms, id) WHERE state = 'open';
CREATE INDEX process_task_of ON process_task (subject, opened_ms);
CREATE INDEX process_task_instance ON process_task (instance_id) WHERE state = 'open';

CREATE TABLE process_timer (
    instance_id TEXT NOT NULL REFERENCES process_instance (id),
    token INTEGER NOT NULL,
    element TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (instance_id, token, element)
) STRICT;
CREATE INDEX process_timer_due ON process_timer (due_ms);
