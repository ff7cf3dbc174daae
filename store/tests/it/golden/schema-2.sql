-- A store of schema 2: two listens of Low, a like, a block, a catalogue that calls one of them slowcore, somebody in the
-- background, what is imputed of the other, and a list of one line.
PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1431192659;
PRAGMA user_version = 2;
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
INSERT INTO "ledger" VALUES(1,1,3,1.0,'{"position":1,"recording":3,"title":"Murderer","artist":"Low","release":null,"year":null,"length_ms":null,"imputed":[],"score":1.0,"recording_mbid":null,"artist_mbids":[],"release_mbid":null,"isrc":null,"location":null,"links":[{"site":"search","url":"https://musicbrainz.org/search?query=Low%20Murderer&type=recording"}],"reason":{"text":"Liked by 1 listener here.","contributions":[]},"is_blocked":false}','slate-1',1.0);
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
INSERT INTO "recording_keys" VALUES(4,'low' || char(31) || 'monkey',1);
INSERT INTO "recording_keys" VALUES(4,'low' || char(31) || 'monkey|live',2);
INSERT INTO "recording_keys" VALUES(4,'low' || char(31) || 'murderer',3);
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
INSERT INTO "releases" VALUES(1,'low' || char(31) || 'the great destroyer');
CREATE TABLE works (
    key  TEXT PRIMARY KEY,
    work INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "works" VALUES('low' || char(31) || 'monkey',1);
INSERT INTO "works" VALUES('low' || char(31) || 'murderer',2);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('imports',3);
INSERT INTO "sqlite_sequence" VALUES('recordings',3);
INSERT INTO "sqlite_sequence" VALUES('artists',4);
INSERT INTO "sqlite_sequence" VALUES('listeners',2);
INSERT INTO "sqlite_sequence" VALUES('lists',1);
COMMIT;
