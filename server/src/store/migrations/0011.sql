-- When a phone that was revoked was told of its end, and when it said that its key is destroyed.

ALTER TABLE device ADD COLUMN told_at INTEGER;
ALTER TABLE device ADD COLUMN destroyed_at INTEGER;
