-- Schema 4: what listeners say of themselves when they come, before their listening tells.

-- Where somebody lives, ISO 3166-1 alpha-2, as the listener said; a listen that tells goes first.
ALTER TABLE listeners ADD COLUMN country TEXT;

CREATE TABLE picks (
    listener INTEGER NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,         -- artist, recording or tag
    value    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (listener, kind, value)
) WITHOUT ROWID;
