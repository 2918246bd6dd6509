-- The sum over all that is known of an integration, see shelf.go; it is made
-- when the migrations are done. Facts of links that were removed are left over from before.

-- +goose Up
ALTER TABLE integrations ADD COLUMN sum INTEGER;

DELETE FROM answers WHERE link <> 0 AND link NOT IN (SELECT id FROM links);
DELETE FROM checks WHERE link <> 0 AND link NOT IN (SELECT id FROM links);
DELETE FROM proofs WHERE link <> 0 AND link NOT IN (SELECT id FROM links);
DELETE FROM words WHERE link <> 0 AND link NOT IN (SELECT id FROM links);
