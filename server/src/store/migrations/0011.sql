-- The organisation's recovery key: its public half, what phones sealed to it, which of them ask to be opened, and every
-- answer that was given.

ALTER TABLE meta ADD COLUMN recovery BLOB;

CREATE TABLE deposit (
    device      BLOB PRIMARY KEY REFERENCES device (id),
    sealed      BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reopening (
    device      BLOB PRIMARY KEY REFERENCES device (id),
    public      BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER,
    answer      BLOB
) STRICT, WITHOUT ROWID;

-- Not bound to a device: what a restored database was told of by the journal stands here, too.
CREATE TABLE reopened (
    at          INTEGER NOT NULL,
    device      BLOB NOT NULL,
    person      BLOB NOT NULL,
    PRIMARY KEY (at, device)
) STRICT, WITHOUT ROWID;
-- When a phone that was revoked was told of its end, and when it said that its key is destroyed.

ALTER TABLE device ADD COLUMN told_at INTEGER;
ALTER TABLE device ADD COLUMN destroyed_at INTEGER;

-- Incidents with personal data are found by their kind.

DROP INDEX record_working;
CREATE INDEX record_working ON record (kind)
    WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person', 'organization', 'code_entry', 'rearrangement', 'incident');

-- Redactions: which parts of which records are deleted for ever, and who has said so. None of it has content.

CREATE TABLE redaction (
    number INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    area   BLOB NOT NULL,
    stream TEXT NOT NULL,
    kind   TEXT NOT NULL,
    parts  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    person BLOB,
    why    TEXT
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
