-- What waits for a person may be put aside once it was dealt with otherwise. Its bytes stay.

ALTER TABLE quarantine ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
