-- What has expired is removed at the next write, whoever writes.
CREATE INDEX plugin_value_expiry ON plugin_value (expires_at) WHERE expires_at > 0;
