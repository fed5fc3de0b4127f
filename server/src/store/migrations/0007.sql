-- Mergers and splits that wait for their day stand among what an office works with.

DROP INDEX record_working;
CREATE INDEX record_working ON record (kind)
    WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person', 'organization', 'code_entry', 'rearrangement');
