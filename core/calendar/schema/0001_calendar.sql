-- Working calendars (lịch làm việc): each belongs to an agency and those below it, from a day on.
CREATE TABLE calendar (
    id TEXT NOT NULL PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agency (id),
    valid_from TEXT NOT NULL,      -- deadlines that begin on this day or later go by it
    week TEXT NOT NULL,            -- JSON: for each weekday, Monday first, whether it is worked and its sessions
    years TEXT NOT NULL,           -- JSON: the years whose holidays are known
    UNIQUE (agency_id, valid_from)
) STRICT;

CREATE TABLE calendar_day (
    calendar_id TEXT NOT NULL REFERENCES calendar (id),
    day TEXT NOT NULL,
    kind TEXT NOT NULL,            -- holiday, compensation, swapped (all off); worked (a rest day that is worked)
    name TEXT NOT NULL,
    other_day TEXT,                -- compensation: the holiday; swapped: the day worked; worked: the day off
    PRIMARY KEY (calendar_id, day)
) STRICT;

-- One row: which state of the calendars stands here, so that a node knows when to read them again.
CREATE TABLE calendar_state (id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT;
INSERT INTO calendar_state (id, version) VALUES (1, 0);
