-- Work lists: an open step knows the key of its process ("1.001193"), and the index of a desk holds all that a list
-- filters by, so that what does not fit is passed over without being read.
ALTER TABLE process_task ADD COLUMN definition_key TEXT NOT NULL DEFAULT '';
UPDATE process_task SET definition_key = (
    SELECT d.key FROM process_instance i JOIN process_definition d ON d.id = i.definition_id
    WHERE i.id = process_task.instance_id);

DROP INDEX process_task_open;
CREATE INDEX process_task_open ON process_task (agency_id, role, due_ms, id, definition_key) WHERE state = 'open';
CREATE INDEX process_task_held ON process_task (assignee, due_ms, id, definition_key)
    WHERE state = 'open' AND assignee IS NOT NULL;
