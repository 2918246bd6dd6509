-- Times are Unix milliseconds. Ids are never used twice, because sealed values
-- are bound to the id of their link.

-- +goose Up
CREATE TABLE integrations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT    NOT NULL,
    slug    TEXT    NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX integrations_by_name ON integrations (name COLLATE NOCASE);

CREATE TABLE links (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    oauth       TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    created     INTEGER NOT NULL
) STRICT;
CREATE INDEX links_by_integration ON links (integration);
CREATE UNIQUE INDEX links_one_active ON links (integration) WHERE state = 'active';

-- The three kinds of fact. Link 0 stands for the integration itself.
CREATE TABLE answers (
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    link        INTEGER NOT NULL,
    field       TEXT    NOT NULL,
    value       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (integration, link, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE checks (
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    link        INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    strength    TEXT    NOT NULL,
    detail      TEXT    NOT NULL, -- JSON: finding, what was learned, evidence
    at          INTEGER NOT NULL,
    PRIMARY KEY (integration, link, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE words (
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    link        INTEGER NOT NULL,
    step        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (integration, link, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    link   INTEGER NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    name   TEXT    NOT NULL,
    sealed BLOB    NOT NULL,
    PRIMARY KEY (link, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_integration ON events (integration, id);

-- Where the key of this database lives: one row, written with the first secret.
CREATE TABLE key_record (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    source  TEXT    NOT NULL,
    key_id  TEXT    NOT NULL,
    salt    BLOB    NOT NULL, -- this and the rest for argon2id, with a passphrase only
    time    INTEGER NOT NULL,
    memory  INTEGER NOT NULL,
    threads INTEGER NOT NULL
) STRICT;

-- "APLK", and the number of this migration.
PRAGMA application_id = 1095781451;
PRAGMA user_version = 1;
