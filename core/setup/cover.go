package setup

import (
	"cmp"
	"slices"

	"applink/core"
	"applink/core/finding"
)

// Cover says what a check proves when it passes, and by that what it does not.
type Cover struct {
	Check core.CheckName
	OAuth core.OAuth    // the protocol of the link; "" for both
	Steps []core.StepID // proved by it; of the others it proves nothing
	// Partly names the covered steps of which something stays open; nil: none.
	Partly func(*State) []core.StepID
	// What it proves, for people: "proved in part: the Client ID and its key". Weak is
	// what it proves where it is a weak proof.
	What, Weak string
	// Contradicts are refusals that do not stand once it has passed strongly since, though
	// it was another check that met them.
	Contradicts []error
	// Whole marks the check that goes the whole way of the link: with it the link is
	// proved, with all the others in part.
	Whole bool
}

// covers is the one place that tells what a check proves.
var covers = []Cover{
	{Check: core.CheckReach, Steps: []core.StepID{BaseURL}, What: "the server"},
	{Check: core.CheckConsumer, OAuth: core.OAuth1, Steps: []core.StepID{Keys, CreateLink, Incoming},
		What: "the Client ID and its key", Weak: "the Client ID",
		Contradicts: []error{finding.UnknownConsumerKey, finding.PublicKeyMismatch, finding.KeySizeMismatch, finding.ClockSkew, finding.NonceUsed}},
	{Check: core.CheckClient, OAuth: core.OAuth2, Steps: []core.StepID{Credentials},
		What: "the Client ID and secret", Weak: "the Client ID and secret were not refused",
		Contradicts: []error{finding.InvalidClient}},
	{Check: core.CheckIdentity, OAuth: core.OAuth1, Steps: []core.StepID{Keys, CreateLink, Incoming, Authorize},
		What: "a sign-in", Whole: true},
	{Check: core.CheckIdentity, OAuth: core.OAuth2, Steps: []core.StepID{Callback, CreateLink, Incoming, Credentials, Authorize},
		What: "a sign-in", Partly: otherRedirects, Whole: true},
	{Check: core.CheckRetired, Steps: []core.StepID{Retire}, What: "the old credentials are refused"},
}

// otherRedirects: a sign-in comes back by one redirect URL, and proves nothing of others.
func otherRedirects(s *State) []core.StepID {
	if s.FirstCallback() != s.Value(core.FieldCallback) {
		return []core.StepID{Callback, Incoming}
	}
	return nil
}

// Covers returns the whole table of what checks prove.
func Covers() []Cover { return slices.Clone(covers) }

// covering returns what a check covers on the link.
func (s *State) covering(n core.CheckName) (Cover, bool) {
	for _, c := range covers {
		if c.Check == n && (c.OAuth == "" || c.OAuth == s.OAuth()) {
			return c, true
		}
	}
	return Cover{}, false
}

// proofs calls yield with every check that passed and what that covers.
func (s *State) proofs(yield func(Cover, core.Outcome) bool) {
	for _, c := range covers {
		if c.OAuth != "" && c.OAuth != s.OAuth() {
			continue
		}
		if o, ok := s.Proof(c.Check); ok && !yield(c, o) {
			return
		}
	}
}

// proof is the best that the checks say about a step: Proved, Weak or Open.
func (s *State) proof(id core.StepID) Status {
	best := Open
	for c, o := range s.proofs {
		switch {
		case !slices.Contains(c.Steps, id):
		case o.Strength == core.Weak, c.Partly != nil && slices.Contains(c.Partly(s), id):
			best = Weak
		default:
			return Proved
		}
	}
	return best
}

// Proof is what a check has proved, in words.
type Proof struct {
	What    string
	Outcome core.Outcome
}

// Proofs returns what is proved of the link and its server, in the order of the steps.
func (s *State) Proofs() []Proof {
	var out []Proof
	for c, o := range s.proofs {
		out = append(out, Proof{c.words(o), o})
	}
	return out
}

// words name what an outcome proves.
func (c Cover) words(o core.Outcome) string {
	if o.Strength == core.Weak {
		return cmp.Or(c.Weak, c.What)
	}
	return c.What
}

// rest is what the link rests on: Proved by the check that goes its whole way, Weak by
// others, or Said; with what is proved, in words, and the latest of the proofs.
func (s *State) rest() (best Status, what []string, latest core.Outcome) {
	best = Said
	for c, o := range s.proofs {
		if !c.ofLink() {
			continue
		}
		if !o.At.Before(latest.At) {
			latest = o
		}
		whole := c.Whole && o.Strength != core.Weak && (c.Partly == nil || c.Partly(s) == nil)
		switch {
		case whole:
			best = Proved
		case best == Said:
			best = Weak
		}
		what = append(what, c.words(o))
	}
	return best, what, latest
}

// ofLink: the server is proved for every link, and what is retired is not in use.
func (c Cover) ofLink() bool { return c.Check != core.CheckReach && c.Check != core.CheckRetired }
