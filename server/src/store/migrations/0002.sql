-- Meetings: their headers as a list, and opinions that were said at one.

CREATE TABLE meeting (
    id         BLOB PRIMARY KEY,
    village    BLOB NOT NULL,
    campaign   BLOB,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    day        TEXT NOT NULL,
    minute     INTEGER,
    expected   INTEGER,
    present    INTEGER,
    people     INTEGER,
    speakers   INTEGER,
    person     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_village ON meeting (village, campaign);

-- At a meeting nobody is named and nobody asks not to be: `mode` is empty where `meeting` is not.
CREATE TABLE opinion_of_now (
    root      BLOB PRIMARY KEY,
    shown     BLOB NOT NULL,
    village   BLOB NOT NULL,
    campaign  BLOB,
    kind      TEXT NOT NULL,
    topic     TEXT NOT NULL,
    urgency   TEXT NOT NULL,
    mode      TEXT,
    day       TEXT,
    week      TEXT,
    person    BLOB,
    household BLOB,
    meeting   BLOB,
    retracted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO opinion_of_now SELECT root, shown, village, campaign, kind, topic, urgency, mode, day, week, person, household, NULL, retracted FROM opinion;
DROP TABLE opinion;
ALTER TABLE opinion_of_now RENAME TO opinion;
CREATE INDEX opinion_village ON opinion (village, campaign);
