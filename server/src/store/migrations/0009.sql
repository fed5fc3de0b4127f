-- A copied phone goes on under a name of its own behind a number of the other half's.

ALTER TABLE device ADD COLUMN continues BLOB;
ALTER TABLE device ADD COLUMN up_to INTEGER;

CREATE INDEX device_continues ON device (continues) WHERE continues IS NOT NULL;
