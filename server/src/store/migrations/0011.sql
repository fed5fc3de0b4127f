-- Redactions: which parts of which records are deleted for ever, and who has said so. None of it has content.

CREATE TABLE redaction (
    number INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    area   BLOB NOT NULL,
    stream TEXT NOT NULL,
    kind   TEXT NOT NULL,
    parts  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    person BLOB
) STRICT;
CREATE INDEX redaction_record ON redaction (record);

-- Phones that wrote about such a record: they are told wherever it is.
CREATE TABLE redaction_writer (
    record BLOB NOT NULL,
    device BLOB NOT NULL,
    PRIMARY KEY (record, device)
) STRICT, WITHOUT ROWID;

ALTER TABLE device ADD COLUMN redacted INTEGER;

-- An event is one operation and is found by its own number; these are several.
CREATE INDEX operation_record ON operation (record) WHERE kind IN ('household', 'meeting');
CREATE INDEX version_root ON version (root);

-- What the job of each day deleted because its time was over.
CREATE TABLE retention (
    day      TEXT NOT NULL,
    campaign BLOB NOT NULL,     -- nil for what was written for none
    kind     TEXT NOT NULL,
    records  INTEGER NOT NULL,
    PRIMARY KEY (day, campaign, kind)
) STRICT, WITHOUT ROWID;

ALTER TABLE meta ADD COLUMN retained_on TEXT;
