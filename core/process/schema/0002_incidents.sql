-- Timers that could not fire: what stood against it, and when they are tried again. Gone with their timer.
CREATE TABLE process_incident (
    instance_id TEXT NOT NULL REFERENCES process_instance (id),
    token INTEGER NOT NULL,
    element TEXT NOT NULL,
    error TEXT NOT NULL,              -- code of the last try
    params TEXT NOT NULL,             -- JSON: what its sentence names
    attempts INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,        -- the first try that failed
    retry_ms INTEGER NOT NULL,
    PRIMARY KEY (instance_id, token, element)
) STRICT;
