-- Tokens that a user granted a link and that are kept, with the lease of the one
-- who refreshes them. A time of 0 means none.

-- +goose Up
CREATE TABLE tokens (
    link     INTEGER PRIMARY KEY REFERENCES links (id) ON DELETE CASCADE,
    sealed   BLOB    NOT NULL,
    renew_at INTEGER NOT NULL, -- to be refreshed from then on; 0: never by the clock
    begun    INTEGER NOT NULL, -- when the oldest refresh began whose end is not known
    leased   INTEGER NOT NULL, -- until when the one who refreshes may take
    dead     INTEGER NOT NULL  -- 1: the server refused them for good
) STRICT;

PRAGMA user_version = 2;
