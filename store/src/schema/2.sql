-- Schema 2: what stands in for facts of recordings that nobody said.
--
-- Computed from everything else, written anew as a whole by each training; a value is of no account once the fact is known.

CREATE TABLE imputed (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    fact      INTEGER NOT NULL,     -- 0 length, 1 release, 2 year, 3 tag
    value     NOT NULL,             -- milliseconds; the recording whose release it is; the year; the tag
    weight    REAL,                 -- of a tag
    basis     INTEGER NOT NULL,     -- 0 other versions of the work, 1 recordings of the main artist
    n         INTEGER NOT NULL,     -- how many of these told
    PRIMARY KEY (recording, fact, value)
) WITHOUT ROWID;
