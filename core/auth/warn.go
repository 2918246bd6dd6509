package auth

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// Warnings tells what is odd about the answers of a link, though it may work: a
// short key, a SHA-1 or expired certificate, a redirect URL that is not the one we
// expect, a Client ID of another shape than Bitbucket's.
func Warnings(s *setup.State, now time.Time) []*core.Finding {
	return slices.Concat(WarningsAbout(s, core.FieldPublicKey, now), WarningsAbout(s, core.FieldCallback, now),
		WarningsAbout(s, core.FieldClientID, now))
}

// WarningsAbout is Warnings about one answer.
func WarningsAbout(s *setup.State, f core.Field, now time.Time) []*core.Finding {
	value := s.Value(f)
	switch {
	case value == "":
	case f == core.FieldPublicKey:
		if k, err := seal.ParsePublicKey(value); err == nil {
			return k.Warnings(now)
		}
	case f == core.FieldCallback && s.App.Holder == core.HeldByApplication:
		if want := s.ExpectedCallback(); want != "" && want != value {
			return []*core.Finding{finding.RedirectUnexpected.With(value, want).AsWarning()}
		}
	case f == core.FieldClientID && s.OAuth() == core.OAuth2:
		if f := oddClientID(value); f != nil {
			return []*core.Finding{f}
		}
	}
	return nil
}

// clientID is the shape that a sibling product documents for a Client ID.
var clientID = core.Pattern(`^[0-9a-f]{32}$`)

// clientSecret is the shape that a sibling product documents for a Client secret.
var clientSecret = core.Pattern(`^[0-9a-f]{64}$`)

// oddClientID warns about what does not look like a Client ID, nil when it does.
func oddClientID(value string) *core.Finding {
	if clientID().MatchString(value) {
		return nil
	}
	if core.HoldsSecret(value) {
		return finding.UnusualClientID.With("••••").AsWarning()
	}
	return finding.UnusualClientID.With(shorten(value)).AsWarning()
}

// exampleHost are names of hosts that stand in guides, and may be somebody's.
var exampleHost = core.Pattern(`(?i)^(?:www\.)?example\.(?:com|org|net)$|(?:^|\.)(?:your|my)-?(?:domain|company|host|server|site|app|application|org|organi[sz]ation|instance|name)\.[a-z.]+$`)

// oddURL warns about an address that looks like one of a guide.
func oddURL(value string) *core.Finding {
	for part := range strings.SplitSeq(value, ",") {
		if u, err := url.Parse(part); err == nil && exampleHost().MatchString(u.Hostname()) {
			return finding.ExampleURL.With(u.Hostname()).AsWarning()
		}
	}
	return nil
}

// doubts are what a Client secret looks like that is none, the surest first.
var doubts = []struct {
	of  func(s *setup.State, text string) bool
	why string
}{
	{func(s *setup.State, text string) bool { return text == s.Value(core.FieldClientID) }, "It is the Client ID."},
	{func(_ *setup.State, text string) bool {
		return strings.ContainsAny(text[:1]+text[len(text)-1:], "\"'`“”„«»")
	}, "It stands in quotes."},
	{func(_ *setup.State, text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	}, "It has a blank, a line end or an unseen character in it."},
	{func(_ *setup.State, text string) bool { return strings.ContainsAny(text, "•●∙⋅…*") }, "It has dots or stars for what is not shown."},
	{func(_ *setup.State, text string) bool { return clientID().MatchString(text) }, "It has the shape of a Client ID."},
	{func(_ *setup.State, text string) bool { return !clientSecret().MatchString(text) }, "It is not 64 hexadecimal digits, as Client secrets of Bitbucket's kind are reported to be."},
}

// Twins warns about other integrations whose link is the same one in Bitbucket: on the
// same server, with the same Client ID. Changing or deleting the one breaks the other.
func (l *Integrations) Twins(ctx context.Context, s *setup.State) (twins []*core.Finding, err error) {
	key := s.Value(core.FieldClientID)
	if key == "" {
		return nil, nil
	}
	err = l.store.Read(ctx, func(tx Tx) error {
		ids, err := tx.Sharing(core.FieldClientID, key)
		for _, id := range ids {
			if id == s.Integration.ID || err != nil {
				continue
			}
			var in core.Integration
			if in, err = tx.Integration(id); err == nil && twin(in, s) {
				twins = append(twins, finding.ClientIDShared.With(s.Integration.Name, in.Name, key).AsWarning())
			}
		}
		return err
	})
	return twins, err
}

func twin(in core.Integration, s *setup.State) bool {
	return in.Answers[core.FieldBaseURL].Value == s.Value(core.FieldBaseURL) && slices.ContainsFunc(in.Links, func(other core.Link) bool {
		return other.State != core.LinkRetired && setup.SameClient(other, s.Link)
	})
}
