package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
)

// A database may have been written by an older applink, or by somebody else.
func TestWhatIsReadIsPrintable(t *testing.T) {
	const hostile = "\x1b[2J\x1b]52;c;aGk=\x07\u009b\u202e\u200b\x9b"
	db := newTest(t)
	var want []int64
	for i, name := range []string{"a\x1bz", "ab", "az\u202e", "az\u202ea", "b" + hostile, "c\nd\te"} {
		id, link := add(t, db, name)
		want = append(want, id)
		write(t, db, func(tx auth.Tx) error {
			must(t, tx.Rename(id, name, fmt.Sprintf("slug%d%s", i, hostile), day))
			must(t, tx.SetState(link, core.LinkState("active"+hostile)))
			must(t, tx.SetOAuth(link, core.OAuth("1"+hostile)))
			must(t, tx.PutAnswer(id, link, core.FieldPublicKey, core.Answer{Value: "a" + hostile + "\nkey", At: day}))
			must(t, tx.AddEvent(id, "checked"+hostile, hostile, day))
			return tx.PutCheck(id, link, core.Outcome{Check: core.CheckReach, State: core.Failed, At: day,
				Finding:  &core.Finding{Code: finding.UnexpectedHTML.Code(), Raw: hostile, Params: map[string]string{"title": hostile}},
				Learned:  map[core.Learned]string{core.LearnedUser: hostile},
				Evidence: []core.Evidence{{Label: hostile, Value: hostile}}})
		})
	}
	// Pages of one: each comes once, in the order in which they are stored.
	var got []int64
	var after core.Integration
	for range len(want) + 1 {
		must(t, db.Read(ctx, func(tx auth.Tx) error {
			page, err := tx.Page(after, 1)
			if err != nil || len(page) == 0 {
				return err
			}
			after = page[0]
			got = append(got, after.ID)
			events, err := tx.Events(after.ID, 1)
			document, jsonErr := json.Marshal([]any{after, events})
			must(t, jsonErr)
			if text := string(document); core.Printable(text) != text || strings.Contains(text, `\u00`) {
				t.Errorf("%q", text)
			}
			if key := after.Links[0].Answers[core.FieldPublicKey].Value; core.Printable(key) != key || !strings.Contains(key, "\nkey") {
				t.Errorf("key %q", key)
			}
			return err
		}))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pages gave %v, want %v", got, want)
	}
}
