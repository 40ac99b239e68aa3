-- What was settled is forgotten after a time: its rows are found by when.
CREATE INDEX outbox_settled ON outbox (settled_ms) WHERE state IN (1, 3);
CREATE INDEX inbox_received ON inbox (received_ms);
