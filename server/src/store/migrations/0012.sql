-- The file is to be written anew: something was deleted that a corner of it may still hold. What an earlier build deleted
-- and may not have come to is done once more.
ALTER TABLE meta ADD COLUMN scrub INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET scrub = EXISTS (SELECT 1 FROM redaction);
