-- A household that was made twice says which one stands for it.

ALTER TABLE household ADD COLUMN same_as BLOB;
CREATE INDEX household_same_as ON household (same_as) WHERE same_as IS NOT NULL;
