-- Phones: why one was revoked, and what it says of itself. Organisations among what an office works with.

ALTER TABLE device ADD COLUMN revoked_for TEXT;
ALTER TABLE device ADD COLUMN build TEXT;
ALTER TABLE device ADD COLUMN waiting INTEGER;
UPDATE device SET revoked_for = 'LOST' WHERE revoked_at IS NOT NULL;

DROP INDEX record_working;
CREATE INDEX record_working ON record (kind)
    WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person', 'organization');
