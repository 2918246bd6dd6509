-- The latest outcome of each check that passed, beside the latest of all in checks: a
-- failure since does not make it forgotten.

-- +goose Up
CREATE TABLE proofs (
    integration INTEGER NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    link        INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    strength    TEXT    NOT NULL,
    detail      TEXT    NOT NULL, -- as in checks
    at          INTEGER NOT NULL,
    PRIMARY KEY (integration, link, name)
) STRICT, WITHOUT ROWID;

INSERT INTO proofs SELECT integration, link, name, strength, detail, at FROM checks WHERE state = 'passed';

-- A failed reach that still tells the version did pass before, at the time in the log.
INSERT INTO proofs
SELECT c.integration, c.link, c.name, 'strong', json_object('learned', json_extract(c.detail, '$.learned')),
    coalesce((SELECT max(e.at) FROM events e WHERE e.integration = c.integration AND e.kind = 'checked' AND e.detail = 'reach passed'), c.at)
FROM checks c WHERE c.name = 'reach' AND c.state = 'failed'
    AND CASE WHEN json_valid(c.detail) THEN json_extract(c.detail, '$.learned.version') ELSE '' END <> '';

PRAGMA user_version = 4;
