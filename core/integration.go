package core

import (
	"strings"
	"time"
	"unicode"
)

// Integration is a named record: one application on one Bitbucket server, and
// the links that were made between the two.
type Integration struct {
	ID      int64
	Name    string // as the admin wrote it, shown everywhere
	Slug    string // of the first Name, by [Slug]; unique; used in commands and file names
	Created time.Time
	Updated time.Time
	Facts          // what is known independently of a single link: application, server, purpose
	Links   []Link // oldest first

	// Damage is set if the stored record is incomplete, altered or unreadable. Then only
	// ID, Name and Slug are reliable.
	Damage *Finding
}

// OAuth names the protocol version of a link.
type OAuth string

// The two protocols that a link can use.
const (
	OAuth1 OAuth = "1"
	OAuth2 OAuth = "2"
)

// String returns the name that people read: "OAuth 1" or "OAuth 2", and "" for
// a link whose protocol is not chosen yet.
func (o OAuth) String() string {
	if o == "" {
		return ""
	}
	return "OAuth " + string(o)
}

// LinkState is the life of a link: draft until its set-up is finished, active
// while it is the one in use, superseded when another link took over, retired
// when its deletion in Bitbucket is confirmed.
type LinkState string

// The states of a link. At most one link of an integration is active.
const (
	LinkDraft      LinkState = "draft"
	LinkActive     LinkState = "active"
	LinkSuperseded LinkState = "superseded"
	LinkRetired    LinkState = "retired"
)

// Link is one Application Link of an integration. Its secrets are not part of
// it: they are sealed in the store and opened on demand by core/auth.
type Link struct {
	ID      int64
	OAuth   OAuth // "" until it is chosen
	State   LinkState
	Created time.Time
	Tokens  bool // whether tokens are kept for it
	// Completed are the steps that its set-up was completed with; nil while there is
	// none.
	Completed Completion
	Facts
}

// Completion are steps, each with the fields that it asked. A link is held to them:
// what another version of applink asks beyond them is new to it and blocks nothing.
type Completion map[StepID][]Field

// Current returns the link that a set-up works on: the youngest draft, else the
// active link, else nil. The result points into in.Links.
func (in *Integration) Current() *Link {
	for i := len(in.Links) - 1; i >= 0; i-- {
		if in.Links[i].State == LinkDraft {
			return &in.Links[i]
		}
	}
	return in.Active()
}

// Active returns the link in use, or nil. The result points into in.Links.
func (in *Integration) Active() *Link {
	for i := range in.Links {
		if in.Links[i].State == LinkActive {
			return &in.Links[i]
		}
	}
	return nil
}

// Superseded returns the youngest superseded link, to which a rollback leads, or nil.
// The result points into in.Links.
func (in *Integration) Superseded() *Link {
	for i := len(in.Links) - 1; i >= 0; i-- {
		if in.Links[i].State == LinkSuperseded {
			return &in.Links[i]
		}
	}
	return nil
}

// Slug derives the short name of an integration from its name: lower case,
// letters and digits only ("On-premise Bitbucket" becomes "onpremisebitbucket").
// It is empty when the name holds neither letter nor digit.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
