-- The first schema. Never edited after a release: a change is a file of its own with the next number.
-- Ids are 16 bytes; instants are milliseconds since 1970; dates are yyyy-mm-dd; bodies are CBOR.

CREATE TABLE meta (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    epoch   BLOB NOT NULL,
    skipped INTEGER NOT NULL DEFAULT 0  -- short codes that a village without any begins after
) STRICT;

CREATE TABLE account (
    login   TEXT PRIMARY KEY,
    person  BLOB NOT NULL UNIQUE,
    hash    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token   BLOB PRIMARY KEY,
    person  BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id          BLOB PRIMARY KEY,
    person      BLOB NOT NULL,
    kind        TEXT NOT NULL,
    have        INTEGER NOT NULL,
    enrolled_at INTEGER NOT NULL,
    seen_at     INTEGER,
    revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX device_phone ON device (kind) WHERE kind = 'phone';

CREATE TABLE enrolment (
    code    BLOB PRIMARY KEY,
    person  BLOB NOT NULL,
    expires INTEGER NOT NULL,
    used_by BLOB REFERENCES device (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    person  BLOB NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB NOT NULL,
    since   INTEGER NOT NULL,
    ended   INTEGER,
    PRIMARY KEY (person, version)
) STRICT, WITHOUT ROWID;

-- One row for every operation that was ever received, applied or not. The primary key is what stores each once.
CREATE TABLE operation (
    device      BLOB NOT NULL REFERENCES device (id),
    seq         INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    mac         BLOB NOT NULL,
    salt        BLOB,           -- the key of the mac; erased together with the body
    area        BLOB,           -- these five only where it was applied
    stream      TEXT,
    kind        TEXT,
    record      BLOB,
    header      BLOB,
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

-- What can be erased, a row each.
CREATE TABLE operation_part (
    device  BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    part    TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (device, seq, part),
    FOREIGN KEY (device, seq) REFERENCES operation (device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    device      BLOB NOT NULL REFERENCES device (id),
    seq         INTEGER NOT NULL,
    mac         BLOB NOT NULL,  -- tells a fork from what it forked from
    reason      TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    kind        TEXT,
    size        INTEGER NOT NULL,
    raw         BLOB NOT NULL,
    PRIMARY KEY (device, seq, mac)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream (
    area    BLOB NOT NULL,
    stream  TEXT NOT NULL,
    head    INTEGER NOT NULL,
    digest  BLOB NOT NULL,
    PRIMARY KEY (area, stream)
) STRICT, WITHOUT ROWID;

-- Without rowid, so that nothing remembers in which order records of different streams came.
CREATE TABLE record (
    record  BLOB PRIMARY KEY,
    area    BLOB NOT NULL,
    stream  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (area, stream, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_working ON record (kind) WHERE kind IN ('unit', 'team', 'campaign', 'assignment', 'person');

CREATE TABLE household_number (
    village BLOB PRIMARY KEY,
    last    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Anonymous opinions that wait. Sealed under a key outside the database, and named by an HMAC: a copy of the database
-- tells neither village nor week nor words, and the names put them in no order.
CREATE TABLE pool (
    name    BLOB PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What stands in the place of an anonymous opinion that was amended, sealed in the same way.
CREATE TABLE replaced (
    name    BLOB PRIMARY KEY,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine_anonymous (
    name    BLOB PRIMARY KEY,
    reason  TEXT NOT NULL,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Which window a visit counts to.
CREATE TABLE counted (
    visit     BLOB PRIMARY KEY,
    village   BLOB NOT NULL,
    campaign  BLOB NOT NULL,
    week      TEXT,
    household BLOB NOT NULL,
    closed    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX counted_open ON counted (village, campaign, week) WHERE closed = 0;

CREATE TABLE access (
    at      INTEGER NOT NULL,
    person  BLOB,
    action  TEXT NOT NULL,
    about   BLOB
) STRICT;
CREATE INDEX access_at ON access (at);

-- Projections: made from the records, and made again from them at any time.

CREATE TABLE household (
    id         BLOB PRIMARY KEY,
    village    BLOB NOT NULL,
    code       TEXT NOT NULL,
    no         TEXT NOT NULL,
    head       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    place      TEXT NOT NULL,
    people     INTEGER,
    status     TEXT NOT NULL,
    no_contact INTEGER NOT NULL,
    disputed   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX household_village ON household (village);

CREATE TABLE version (
    event BLOB PRIMARY KEY,
    root  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE visit (
    root        BLOB PRIMARY KEY,
    shown       BLOB NOT NULL,
    village     BLOB NOT NULL,
    campaign    BLOB,
    household   BLOB NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    person      BLOB NOT NULL,
    contact     TEXT NOT NULL,
    purposes    TEXT NOT NULL,
    next_date   TEXT,
    next_minute INTEGER,
    week        TEXT NOT NULL,
    met         INTEGER NOT NULL,
    retracted   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_village ON visit (village, campaign);
CREATE INDEX visit_household ON visit (household, campaign);

CREATE TABLE progress (
    campaign    BLOB NOT NULL,
    household   BLOB NOT NULL,
    village     BLOB NOT NULL,
    attempts    INTEGER NOT NULL,
    meetings    INTEGER NOT NULL,
    met         INTEGER,
    last        INTEGER,
    next_date   TEXT,
    next_minute INTEGER,
    moved       INTEGER NOT NULL,
    PRIMARY KEY (campaign, household)
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_village ON progress (campaign, village);

CREATE TABLE opinion (
    root      BLOB PRIMARY KEY,
    shown     BLOB NOT NULL,
    village   BLOB NOT NULL,
    campaign  BLOB,
    kind      TEXT NOT NULL,
    topic     TEXT NOT NULL,
    urgency   TEXT NOT NULL,
    mode      TEXT NOT NULL,
    day       TEXT,
    week      TEXT,
    person    BLOB,
    household BLOB,
    retracted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX opinion_village ON opinion (village, campaign);
