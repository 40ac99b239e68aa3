-- What the citizen is shown on our own page where a payment has no page of a provider: a QR code, a transfer in words, the counter.
ALTER TABLE payment ADD COLUMN shown TEXT NOT NULL DEFAULT '';
