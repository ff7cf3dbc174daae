-- Schema 3: what listeners and operators ask for, and what the maker of lists remembers from week to week.

-- What listeners ask for. ------------------------------------------------------------------------

-- A key that is not here is as configured.
CREATE TABLE settings (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (listener, key)
) WITHOUT ROWID;

CREATE TABLE leanings (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,         -- artist, recording or tag
    value    TEXT NOT NULL,
    is_more  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (listener, kind, value)
) WITHOUT ROWID;

-- The log keeps what these rules leave out.
CREATE TABLE left_out (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    listener    INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    since       INTEGER,
    until       INTEGER,
    hours_from  INTEGER,            -- minutes after midnight where the listener lives
    hours_until INTEGER,
    weekdays    INTEGER,            -- seven bits, Monday the lowest
    device      INTEGER,            -- as in listens
    session     INTEGER,
    label       TEXT,
    country     TEXT,
    note        TEXT,
    at          INTEGER NOT NULL
);
CREATE INDEX left_out_by_listener ON left_out (listener);

-- What operators ask for. ------------------------------------------------------------------------

CREATE TABLE policies (
    kind   TEXT NOT NULL,           -- artist or recording
    value  INTEGER NOT NULL,
    label  TEXT,                    -- what it is labelled; NULL: it is denied
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    line   INTEGER NOT NULL
);
CREATE UNIQUE INDEX policies_by_target ON policies (kind, value, coalesce(label, ''));
CREATE INDEX policies_by_label ON policies (label COLLATE NOCASE);
CREATE INDEX recording_labels_by_label ON recording_labels (label COLLATE NOCASE);

-- What is owned, by the installation (NULL) or by one listener.
CREATE TABLE libraries (
    listener  INTEGER REFERENCES listeners (id) ON DELETE CASCADE,
    recording INTEGER NOT NULL
);
CREATE UNIQUE INDEX libraries_by_listener ON libraries (coalesce(listener, 0), recording);
CREATE INDEX libraries_of_listener ON libraries (listener);

-- What the maker of lists remembers. -------------------------------------------------------------

-- Whether the line claimed to be new to the listener.
ALTER TABLE ledger ADD COLUMN is_new INTEGER NOT NULL DEFAULT 1;

-- Beside the ledger, whose rows are then short: what was shown is asked for much more often than what was said of it.
CREATE TABLE told (
    list     INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,      -- from 1
    line     TEXT NOT NULL,         -- the whole line as JSON
    PRIMARY KEY (list, position)
);
INSERT INTO told SELECT list, position, told FROM ledger;
ALTER TABLE ledger DROP COLUMN told;

CREATE TABLE slots (
    list       INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,    -- from 1
    policy     TEXT NOT NULL,
    candidates BLOB NOT NULL,       -- of each 16 bytes, little endian: id, probability, its standard error
    PRIMARY KEY (list, position)
);

-- A set may have no region.
CREATE TABLE taste_sets (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    week     TEXT NOT NULL,
    PRIMARY KEY (listener, week)
) WITHOUT ROWID;

CREATE TABLE taste_regions (
    listener  INTEGER NOT NULL,
    week      TEXT NOT NULL,
    kind      INTEGER NOT NULL,     -- 0 taste, 1 distaste
    number    INTEGER NOT NULL,
    name      TEXT NOT NULL,
    medoid    INTEGER NOT NULL,
    share     REAL NOT NULL,
    tightness REAL NOT NULL,
    members   BLOB NOT NULL,        -- of each 12 bytes, little endian: id, weight
    PRIMARY KEY (listener, week, kind, number),
    FOREIGN KEY (listener, week) REFERENCES taste_sets (listener, week) ON DELETE CASCADE
);

-- Written once; a set may have no price.
CREATE TABLE exposure_sets (
    week     TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    PRIMARY KEY (week, snapshot)
) WITHOUT ROWID;

CREATE TABLE exposure_prices (
    week             TEXT NOT NULL,
    snapshot         TEXT NOT NULL,
    kind             TEXT NOT NULL, -- artist or group
    value            NOT NULL,      -- the id of the artist, the name of the group
    relevance        REAL NOT NULL,
    attention_before REAL NOT NULL,
    price            REAL NOT NULL,
    PRIMARY KEY (week, snapshot, kind, value),
    FOREIGN KEY (week, snapshot) REFERENCES exposure_sets (week, snapshot)
) WITHOUT ROWID;

-- What each subject would have deserved of the attention of the lists of a week, by relevance.
CREATE TABLE deserved (
    week      TEXT NOT NULL,
    kind      TEXT NOT NULL,        -- artist or group
    value     NOT NULL,
    attention REAL NOT NULL,
    PRIMARY KEY (week, kind, value)
) WITHOUT ROWID;
