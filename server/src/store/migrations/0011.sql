-- When a phone that was revoked was told of its end, and when it said that its key is destroyed.

ALTER TABLE device ADD COLUMN told_at INTEGER;
ALTER TABLE device ADD COLUMN destroyed_at INTEGER;

-- Incidents with personal data are found by their kind.

DROP INDEX record_working;
CREATE INDEX record_working ON record (kind)
    WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person', 'organization', 'code_entry', 'rearrangement', 'incident');
