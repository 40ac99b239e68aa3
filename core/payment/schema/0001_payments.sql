-- Attempts to pay a dossier's fee. No reference to the dossier's table: a draft may be thrown away while its money is on the way.
CREATE TABLE payment (
    id TEXT NOT NULL PRIMARY KEY,
    dossier TEXT NOT NULL,
    owner TEXT NOT NULL,
    agency TEXT NOT NULL,
    profile TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    create_key TEXT NOT NULL UNIQUE,
    amount_dong INTEGER NOT NULL,
    client_ip BLOB NOT NULL,
    state INTEGER NOT NULL,
    version INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    attention INTEGER NOT NULL,
    provider_reference TEXT NOT NULL,
    bank TEXT NOT NULL,
    code TEXT NOT NULL,
    said TEXT NOT NULL,
    other_dong INTEGER,
    made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    paid_ms INTEGER,
    asks INTEGER NOT NULL,
    next_ask_ms INTEGER,
    refund_by TEXT NOT NULL,
    refund_reason BLOB,
    refund_ordered_ms INTEGER,
    refund_settled_ms INTEGER,
    UNIQUE (dossier, attempt)
) STRICT;

-- A payment counts once, and one attempt is open for the same money.
CREATE UNIQUE INDEX payment_counted ON payment (dossier) WHERE counted = 1;
CREATE UNIQUE INDEX payment_open ON payment (dossier, profile, amount_dong) WHERE state <= 1;
CREATE INDEX payment_to_ask ON payment (next_ask_ms) WHERE next_ask_ms IS NOT NULL;
CREATE INDEX payment_attention ON payment (made_ms, id) WHERE attention = 1;
