-- A store of schema 3: what schema 2 had, and that somebody wants more of a tag.
PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1431192659;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE accounts (
    pseudonym TEXT PRIMARY KEY,
    listener  INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO "accounts" VALUES('e76befae86b887d3',1);
INSERT INTO "accounts" VALUES('503f53b5e4aace50',2);
CREATE TABLE aliases (
    alias     INTEGER PRIMARY KEY,
    recording INTEGER NOT NULL REFERENCES recordings (id)
);
CREATE TABLE artists (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mbid TEXT
);
INSERT INTO "artists" VALUES(1,'low','Low',NULL);
CREATE TABLE blocks (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,         -- artist, recording or tag
    value    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (listener, kind, value)
) WITHOUT ROWID;
INSERT INTO "blocks" VALUES(1,'tag','noise',1795276142576);
CREATE TABLE counts (
    listener  INTEGER NOT NULL,
    recording INTEGER NOT NULL,
    import    INTEGER NOT NULL,
    plays     REAL NOT NULL,
    PRIMARY KEY (listener, recording, import)
) WITHOUT ROWID;
CREATE TABLE deserved (
    week      TEXT NOT NULL,
    kind      TEXT NOT NULL,        -- artist or group
    value     NOT NULL,
    attention REAL NOT NULL,
    PRIMARY KEY (week, kind, value)
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
CREATE TABLE exposure_sets (
    week     TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    PRIMARY KEY (week, snapshot)
) WITHOUT ROWID;
CREATE TABLE import_rejects (
    import INTEGER NOT NULL REFERENCES imports (id),
    reason TEXT NOT NULL,
    lines  INTEGER NOT NULL,
    PRIMARY KEY (import, reason)
) WITHOUT ROWID;
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
INSERT INTO "imports" VALUES(1,'log.jsonl','4314b5ac2b94d879e0f45719966b31e3875b3210d081ba9994393addfe6db119','listenbrainz','e76befae86b887d3',0,1795276142359,1795276142359,NULL,2,2,0,0,0,0,1767225600000,1767229200000,2,1);
INSERT INTO "imports" VALUES(2,'cat.jsonl','6898c85bdcc088bc0b2bde44b829a0eb1bd249c44238a9b5043cc45d73476a12','catalogue','a06a34cfc7f9152b',0,1795276142382,1795276142382,NULL,1,1,0,0,0,0,NULL,NULL,0,0);
INSERT INTO "imports" VALUES(3,'a shared .csv','a96cd8d2ba328dc36d4b04580505866b161d06bfac8637a77360105e66858c91','lastfm','503f53b5e4aace50',1,1795276142437,1795276142437,NULL,3,3,0,0,0,0,1767225600000,1767239300000,2,1);
CREATE TABLE imputed (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    fact      INTEGER NOT NULL,     -- 0 length, 1 release, 2 year, 3 tag
    value     NOT NULL,             -- milliseconds; the recording whose release it is; the year; the tag
    weight    REAL,                 -- of a tag
    basis     INTEGER NOT NULL,     -- 0 other versions of the work, 1 recordings of the main artist
    n         INTEGER NOT NULL,     -- how many of these told
    PRIMARY KEY (recording, fact, value)
) WITHOUT ROWID;
INSERT INTO "imputed" VALUES(2,0,259000,NULL,0,1);
INSERT INTO "imputed" VALUES(2,2,2005,NULL,0,1);
INSERT INTO "imputed" VALUES(2,3,'slowcore',1.0,0,1);
CREATE TABLE interactions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO "interactions" VALUES(0,'play');
INSERT INTO "interactions" VALUES(1,'skip');
INSERT INTO "interactions" VALUES(2,'like');
INSERT INTO "interactions" VALUES(3,'dislike');
INSERT INTO "interactions" VALUES(4,'unlike');
INSERT INTO "interactions" VALUES(5,'save');
INSERT INTO "interactions" VALUES(6,'playlist-add');
INSERT INTO "interactions" VALUES(7,'share');
INSERT INTO "interactions" VALUES(8,'queue');
CREATE TABLE leanings (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,         -- artist, recording or tag
    value    TEXT NOT NULL,
    is_more  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (listener, kind, value)
) WITHOUT ROWID;
INSERT INTO "leanings" VALUES(1,'tag','slowcore',1,0);
CREATE TABLE ledger (
    list       INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,    -- from 1
    recording  INTEGER NOT NULL,
    score      REAL NOT NULL,
    policy     TEXT NOT NULL,
    propensity REAL, is_new INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (list, position)
) WITHOUT ROWID;
INSERT INTO "ledger" VALUES(1,1,3,1.0,'slate-1',1.0,1);
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
CREATE TABLE libraries (
    listener  INTEGER REFERENCES listeners (id) ON DELETE CASCADE,
    recording INTEGER NOT NULL
);
CREATE TABLE listeners (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pseudonym TEXT NOT NULL UNIQUE,
    timezone  TEXT
);
INSERT INTO "listeners" VALUES(1,'e76befae86b887d3',NULL);
INSERT INTO "listeners" VALUES(2,'503f53b5e4aace50',NULL);
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
INSERT INTO "listens" VALUES(1,1,1767225600000,0,1,NULL,259000,NULL,NULL,NULL,NULL);
INSERT INTO "listens" VALUES(1,1,1795276142412,2,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "listens" VALUES(1,2,1767229200000,0,1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "listens" VALUES(2,1,1767225600000,0,3,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "listens" VALUES(2,3,1767229300000,0,3,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "listens" VALUES(2,3,1767239300000,0,3,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "lists" VALUES(1,1,'weekly-exploration','2026-W47',10,1795276142549,'0001-0688d739',42,'Too little is known of ada for a personal list (2 liked recordings that others know too, 5 needed): these are what most listeners here like. 1 of 10: nothing else here is new to you, allowed and near what you like.');
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('items','recordings');
INSERT INTO "meta" VALUES('secret',X'E17709B3C0D1147536E0E248928A7917CD64CD8EA1198E663DCC208CF7C4B674');
CREATE TABLE names (
    listener INTEGER PRIMARY KEY REFERENCES listeners (id) ON DELETE CASCADE,
    name     TEXT NOT NULL UNIQUE
);
INSERT INTO "names" VALUES(1,'ada');
CREATE TABLE policies (
    kind   TEXT NOT NULL,           -- artist or recording
    value  INTEGER NOT NULL,
    label  TEXT,                    -- what it is labelled; NULL: it is denied
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    line   INTEGER NOT NULL
);
CREATE TABLE recording_artists (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    artist    INTEGER NOT NULL REFERENCES artists (id),
    PRIMARY KEY (recording, position)
) WITHOUT ROWID;
INSERT INTO "recording_artists" VALUES(1,0,1);
INSERT INTO "recording_artists" VALUES(2,0,1);
INSERT INTO "recording_artists" VALUES(3,0,1);
CREATE TABLE recording_groups (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (recording, name)
) WITHOUT ROWID;
CREATE TABLE recording_keys (
    kind      INTEGER NOT NULL,
    value     TEXT NOT NULL,
    recording INTEGER NOT NULL REFERENCES recordings (id),
    PRIMARY KEY (kind, value)
) WITHOUT ROWID;
INSERT INTO "recording_keys" VALUES(4,'lowmonkey',1);
INSERT INTO "recording_keys" VALUES(4,'lowmonkey|live',2);
INSERT INTO "recording_keys" VALUES(4,'lowmurderer',3);
CREATE TABLE recording_labels (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    label     TEXT NOT NULL,
    PRIMARY KEY (recording, label)
) WITHOUT ROWID;
CREATE TABLE recording_tags (
    recording INTEGER NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    tag       TEXT NOT NULL,
    import    INTEGER NOT NULL,
    weight    REAL NOT NULL,
    PRIMARY KEY (recording, tag, import)
) WITHOUT ROWID;
INSERT INTO "recording_tags" VALUES(1,'slowcore',2,2.0);
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
INSERT INTO "recordings" VALUES(1,'Monkey','Low',1,NULL,'The Great Destroyer',NULL,1,259000,'2005-01-25',NULL,NULL,NULL,NULL);
INSERT INTO "recordings" VALUES(2,'Monkey (Live)','Low',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "recordings" VALUES(3,'Murderer','Low',2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE releases (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
);
INSERT INTO "releases" VALUES(1,'lowthe great destroyer');
CREATE TABLE settings (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (listener, key)
) WITHOUT ROWID;
CREATE TABLE slots (
    list       INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,    -- from 1
    policy     TEXT NOT NULL,
    candidates BLOB NOT NULL,       -- of each 16 bytes, little endian: id, probability, its standard error
    PRIMARY KEY (list, position)
);
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
CREATE TABLE taste_sets (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    week     TEXT NOT NULL,
    PRIMARY KEY (listener, week)
) WITHOUT ROWID;
CREATE TABLE told (
    list     INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,      -- from 1
    line     TEXT NOT NULL,         -- the whole line as JSON
    PRIMARY KEY (list, position)
);
INSERT INTO "told" VALUES(1,1,'{"position":1,"recording":3,"title":"Murderer","artist":"Low","release":null,"year":null,"length_ms":null,"imputed":[],"score":1.0,"recording_mbid":null,"artist_mbids":[],"release_mbid":null,"isrc":null,"location":null,"links":[{"site":"search","url":"https://musicbrainz.org/search?query=Low%20Murderer&type=recording"}],"reason":{"text":"Liked by 1 listener here.","contributions":[]},"is_blocked":false}');
CREATE TABLE works (
    key  TEXT PRIMARY KEY,
    work INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "works" VALUES('lowmonkey',1);
INSERT INTO "works" VALUES('lowmurderer',2);
CREATE INDEX accounts_by_listener ON accounts (listener);
CREATE INDEX recordings_by_work ON recordings (work);
CREATE INDEX recording_keys_by_recording ON recording_keys (recording);
CREATE INDEX aliases_by_recording ON aliases (recording);
CREATE INDEX works_by_work ON works (work);
CREATE INDEX artists_by_mbid ON artists (mbid) WHERE mbid IS NOT NULL;
CREATE INDEX recording_artists_by_artist ON recording_artists (artist);
CREATE INDEX recording_tags_by_tag ON recording_tags (tag);
CREATE INDEX imports_by_content ON imports (content_hash);
CREATE INDEX lists_by_listener ON lists (listener, kind, week);
CREATE INDEX left_out_by_listener ON left_out (listener);
CREATE UNIQUE INDEX policies_by_target ON policies (kind, value, coalesce(label, ''));
CREATE INDEX policies_by_label ON policies (label COLLATE NOCASE);
CREATE INDEX recording_labels_by_label ON recording_labels (label COLLATE NOCASE);
CREATE UNIQUE INDEX libraries_by_listener ON libraries (coalesce(listener, 0), recording);
CREATE INDEX libraries_of_listener ON libraries (listener);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('imports',3);
INSERT INTO "sqlite_sequence" VALUES('recordings',3);
INSERT INTO "sqlite_sequence" VALUES('artists',4);
INSERT INTO "sqlite_sequence" VALUES('listeners',2);
INSERT INTO "sqlite_sequence" VALUES('lists',1);
COMMIT;
