-- The list of payments to look at is one of agencies: the rows of others must not be read for it.
DROP INDEX payment_attention;
CREATE INDEX payment_attention ON payment (agency, made_ms, id) WHERE attention = 1;
