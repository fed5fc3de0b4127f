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
