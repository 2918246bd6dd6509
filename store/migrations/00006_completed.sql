-- The steps that each link was completed with, as JSON: {"base-url": ["base-url"], …}.
-- What the steps of a link were that was complete before is filled in when the
-- migrations are done, see completion.go.

-- +goose Up
ALTER TABLE links ADD COLUMN completed TEXT;
