-- Since when tokens are kept, and when the access token was last renewed. 0: before
-- that was noted.

-- +goose Up
ALTER TABLE tokens ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 3;
