-- What must survive a crash? Schema 1.
--
-- Never changed: what comes later is a step of its own beside it.
-- Moments are milliseconds since 1970-01-01T00:00Z, lengths are milliseconds, NULL is "nobody said".
-- Ids are given once and never reused (AUTOINCREMENT).
-- Rows that name a recording keep the id they were written with; readers follow `aliases`.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- The key of the pseudonyms.
INSERT INTO meta (key, value) VALUES ('secret', randomblob(32));

-- The kinds every installation knows take the codes below 64, kinds that an operator names those from 64 on.
CREATE TABLE interactions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Who listens. -----------------------------------------------------------------------------------

CREATE TABLE listeners (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pseudonym TEXT NOT NULL UNIQUE,
    timezone  TEXT
);

-- The only table with account names; whoever has none here is in the background and never gets a list.
CREATE TABLE names (
    listener INTEGER PRIMARY KEY REFERENCES listeners (id) ON DELETE CASCADE,
    name     TEXT NOT NULL UNIQUE
);

-- Every account of a listener, by its pseudonym; an account of a background import is nobody else's, whatever it is called.
CREATE TABLE accounts (
    pseudonym TEXT PRIMARY KEY,
    listener  INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX accounts_by_listener ON accounts (listener);

-- What is listened to. ---------------------------------------------------------------------------

CREATE TABLE recordings (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    title         TEXT NOT NULL,
    artist        TEXT NOT NULL,
    work          INTEGER NOT NULL,
    artist_mbids  TEXT,             -- separated by a blank, main artist first
    release       TEXT,
    release_mbid  TEXT,
    release_group INTEGER,          -- releases.id
    length        INTEGER,
    released      TEXT,
    tempo         REAL,
    key           TEXT,
    location      TEXT,
    is_available  INTEGER
);
CREATE INDEX recordings_by_work ON recordings (work);

-- Kinds: 0 MBID, 1 ISRC, 2 Spotify URI, 3 id in a source, 4 folded names. A shared key makes two recordings one.
CREATE TABLE recording_keys (
    kind      INTEGER NOT NULL,
    value     TEXT NOT NULL,
    recording INTEGER NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (kind, value)
) WITHOUT ROWID;
CREATE INDEX recording_keys_by_recording ON recording_keys (recording);

-- Ids that were found to be another recording; never a chain.
CREATE TABLE aliases (
    alias     INTEGER PRIMARY KEY,
    recording INTEGER NOT NULL REFERENCES recordings (id)
);
CREATE INDEX aliases_by_recording ON aliases (recording);

-- Versions of one work share its number.
CREATE TABLE works (
    key  TEXT PRIMARY KEY,
    work INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX works_by_work ON works (work);

CREATE TABLE releases (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
);

CREATE TABLE artists (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mbid TEXT
);
CREATE INDEX artists_by_mbid ON artists (mbid) WHERE mbid IS NOT NULL;

-- Position 0 is the main artist.
CREATE TABLE recording_artists (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    artist    INTEGER NOT NULL REFERENCES artists (id),
    PRIMARY KEY (recording, position)
) WITHOUT ROWID;
CREATE INDEX recording_artists_by_artist ON recording_artists (artist);

-- Weights of one import add up.
CREATE TABLE recording_tags (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    tag       TEXT NOT NULL,
    import    INTEGER NOT NULL,
    weight    REAL NOT NULL,
    PRIMARY KEY (recording, tag, import)
) WITHOUT ROWID;
CREATE INDEX recording_tags_by_tag ON recording_tags (tag);

CREATE TABLE recording_labels (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    label     TEXT NOT NULL,
    PRIMARY KEY (recording, label)
) WITHOUT ROWID;

CREATE TABLE recording_groups (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (recording, name)
) WITHOUT ROWID;

-- The log. ---------------------------------------------------------------------------------------

CREATE TABLE imports (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    source        TEXT NOT NULL,
    content_hash  TEXT NOT NULL,
    format        TEXT NOT NULL,
    listener      TEXT,             -- pseudonym of the account that lines without a name belong to
    is_background INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER,          -- NULL while it is open
    undone_at     INTEGER,
    read          INTEGER NOT NULL DEFAULT 0,
    accepted      INTEGER NOT NULL DEFAULT 0,
    duplicates    INTEGER NOT NULL DEFAULT 0,
    not_music     INTEGER NOT NULL DEFAULT 0,
    private       INTEGER NOT NULL DEFAULT 0,
    unmatched     INTEGER NOT NULL DEFAULT 0,
    first         INTEGER,
    last          INTEGER,
    recordings    INTEGER NOT NULL DEFAULT 0,
    artists       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX imports_by_content ON imports (content_hash);

CREATE TABLE import_rejects (
    import INTEGER NOT NULL REFERENCES imports (id),
    reason TEXT NOT NULL,
    lines  INTEGER NOT NULL,
    PRIMARY KEY (import, reason)
) WITHOUT ROWID;

-- Every listen and act of every import; which of them are one listen is decided when reading.
-- Clustered by listener, then recording. Import 0 is the terminal.
CREATE TABLE listens (
    listener    INTEGER NOT NULL,
    recording   INTEGER NOT NULL,
    listened_at INTEGER NOT NULL,   -- start of a play, moment of anything else
    kind        INTEGER NOT NULL,   -- interactions.code
    import      INTEGER NOT NULL,
    played      INTEGER,
    length      INTEGER,
    how_ended   INTEGER,            -- 0 finished, 1 skipped, 2 stopped, 3 moved on
    session     INTEGER,
    country     TEXT,               -- ISO 3166-1 alpha-2
    device      INTEGER,            -- 0 mobile, 1 desktop, 2 home
    PRIMARY KEY (listener, recording, listened_at, kind, import)
) WITHOUT ROWID;

-- Plays without times; of several imports the newest holds.
CREATE TABLE counts (
    listener  INTEGER NOT NULL,
    recording INTEGER NOT NULL,
    import    INTEGER NOT NULL,
    plays     REAL NOT NULL,
    PRIMARY KEY (listener, recording, import)
) WITHOUT ROWID;

-- What was shown, and what must not be. ----------------------------------------------------------

CREATE TABLE lists (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,
    week     TEXT NOT NULL,
    size     INTEGER NOT NULL,      -- as asked for; the list may be shorter
    made_at  INTEGER NOT NULL,
    snapshot TEXT NOT NULL,
    seed     INTEGER NOT NULL,
    note     TEXT
);
CREATE INDEX lists_by_listener ON lists (listener, kind, week);

CREATE TABLE ledger (
    list       INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,    -- from 1
    recording  INTEGER NOT NULL,
    score      REAL NOT NULL,
    told       TEXT NOT NULL,       -- the whole line as JSON
    policy     TEXT NOT NULL,
    propensity REAL,
    PRIMARY KEY (list, position)
) WITHOUT ROWID;

CREATE TABLE blocks (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,         -- artist, recording or tag
    value    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (listener, kind, value)
) WITHOUT ROWID;
