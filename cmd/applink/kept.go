package main

import (
	"context"
	"fmt"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/guide"
	"applink/core/setup"
)

// keptJSON tells in every document of tokens that are kept. The tokens themselves
// are never part of it.
type keptJSON struct {
	State   auth.TokenState `json:"state"`
	Since   time.Time       `json:"since,omitzero"`
	Renewed time.Time       `json:"renewed,omitzero"`
}

// kept is what is known of an integration's tokens, nil when none are kept.
func (a *app) kept(ctx context.Context, s *setup.State) (*keptJSON, error) {
	row, state, err := a.library.Kept(ctx, s)
	if err != nil || state == auth.TokensNone {
		return nil, err
	}
	k := &keptJSON{State: state}
	for at, from := range map[*time.Time]time.Time{&k.Since: row.Kept, &k.Renewed: row.Renewed} {
		if !from.IsZero() {
			*at = from.UTC().Truncate(time.Second)
		}
	}
	return k, nil
}

// words say the same to people.
func (k *keptJSON) words() string {
	text := "kept"
	if !k.Since.IsZero() {
		text += " since " + k.Since.Format(time.DateOnly)
	}
	if k.Renewed.After(k.Since) {
		text += ", renewed " + guide.Ago(time.Since(k.Renewed))
	}
	if k.State != auth.TokensGood {
		text += fmt.Sprintf(", %s", k.State)
	}
	return text
}

// hint says what can be done about the tokens of an integration that is set up.
func (k *keptJSON) hint(s *setup.State) string {
	slug := s.Integration.Slug
	switch {
	case s.App.Holder != core.HeldHere:
		return ""
	case k == nil:
		return "Keep a user's tokens: applink authorize " + slug + " --keep\n"
	case k.State == auth.TokensDead:
		return "Get new tokens: applink authorize " + slug + " --keep\n"
	}
	return "Forget the tokens: applink token " + slug + " --drop\n"
}
