-- Verification of visits by somebody else than who made them, and days that are closed.

CREATE TABLE verification (
    visit     BLOB NOT NULL,
    event     BLOB NOT NULL,
    version   BLOB NOT NULL,
    void      TEXT,
    person    BLOB NOT NULL,
    retracted INTEGER NOT NULL,
    PRIMARY KEY (visit, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX verification_event ON verification (event);

CREATE TABLE day_closing (
    event       BLOB PRIMARY KEY,
    village     BLOB NOT NULL,
    day         TEXT NOT NULL,
    person      BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    retracted   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX day_closing_village ON day_closing (village);

ALTER TABLE visit ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE visit ADD COLUMN void TEXT;
