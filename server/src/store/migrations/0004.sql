-- How visits and opinions came in, and who typed in those that came on paper or otherwise.

ALTER TABLE visit ADD COLUMN source TEXT NOT NULL DEFAULT 'PHONE_VISIT';
ALTER TABLE visit ADD COLUMN typed_by BLOB;

-- Empty for anonymous opinions, of which it is not known.
ALTER TABLE opinion ADD COLUMN source TEXT;
UPDATE opinion SET source = 'PHONE_VISIT' WHERE mode = 'NAMED';
UPDATE opinion SET source = 'MEETING' WHERE meeting IS NOT NULL;
