-- What waits for its applicant (state 5, yêu cầu bổ sung giấy tờ), the longest first.
CREATE INDEX dossier_waiting ON dossier (agency, changed_ms, id, procedure_code) WHERE state = 5;
