package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"applink/core"
)

// completedVersion is the first version of the tables in which a link keeps the steps
// that it was completed with.
const completedVersion = 6

// stepsBefore are all steps, with all that they asked, of the last version without
// [completedVersion]: what its links were complete by.
var stepsBefore = core.Completion{
	"application":   {"application", "app-url", "name", "purpose"},
	"platform":      {"platform"},
	"base-url":      {"base-url", "ca-file", "bitbucket-version"},
	"oauth-version": {"oauth"},
	"form":          {},
	"keys":          {"key-bits", "client-id", "private-key", "public-key"},
	"callback":      {"callback"},
	"create-link":   {},
	"confirm-url":   {},
	"describe-link": {},
	"incoming":      {},
	"credentials":   {"client-id", "client-secret"},
	"two-factor":    {"two-factor"},
	"authorize":     {"keep-tokens"},
	"finish":        {},
	"login-link":    {"login-link"},
}

// firstCompletions stores [stepsBefore] with every link that is no draft. A damaged
// record stays as it is.
func (t *tx) firstCompletions() error {
	ins, err := t.load(columns)
	if err != nil {
		return err
	}
	for _, in := range ins {
		for _, l := range in.Links {
			if l.State == core.LinkDraft || in.Damage != nil {
				continue
			}
			if err := t.SetCompleted(l.ID, stepsBefore); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) SetCompleted(link int64, c core.Completion) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encoding the steps of a link: %w", err)
	}
	return t.changeLink(link, `UPDATE links SET completed = ? WHERE id = ?`, string(b))
}

// completed takes what a link was completed with into the sum of its integration, and
// to the link.
func (s *shelf) completed(integration int64, l *core.Link, text sql.NullString) {
	if !text.Valid {
		return
	}
	s.row(integration, nil, "completed", l.ID, text.String)
	if err := json.Unmarshal([]byte(text.String), &l.Completed); err != nil {
		spoil(s.integrations[integration], fmt.Errorf("decoding the steps of a link: %w", err))
	}
}
