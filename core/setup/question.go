package setup

import (
	"cmp"
	"slices"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// Kind tells how the text of an answer is read; core/auth holds the parser of
// each kind.
type Kind string

// The kinds of question.
const (
	Choice      Kind = "choice"
	Name        Kind = "name"
	AppURL      Kind = "app-url"
	Base        Kind = "base-url"
	File        Kind = "file"
	Version     Kind = "version"
	ClientID    Kind = "client-id"
	PublicKey   Kind = "public-key"  // many lines
	PrivateKey  Kind = "private-key" // many lines or the path of a file; never shown, sealed before it is stored
	Secret      Kind = "secret"      // never echoed, sealed before it is stored
	CallbackURL Kind = "callback"
	LoginURL    Kind = "login-url"

	ConsumerCallback Kind = "consumer-callback"
)

// FromFile reports whether an answer's flag names a file: it has many lines, or is a
// secret, which no process list may show.
func (k Kind) FromFile() bool { return k == PublicKey || k == PrivateKey || k == Secret }

// Question asks for one answer. Its words are in the guide page of its step.
type Question struct {
	Field   core.Field
	Kind    Kind
	Applies func(*State) bool     // nil: always
	Options func(*State) []Option // of a Choice
	Default func(*State) string   // proposed, not taken without the admin
	// Form names the questions that are asked together, in one form; "" for one alone.
	Form string
	// Settled: the default is taken by itself where this holds, and told; the admin may
	// answer otherwise all the same. nil: never.
	Settled func(*State) bool
	// Assumed: the default holds without an answer where this does; the admin may answer
	// otherwise. nil: never.
	Assumed func(*State) bool
	// Keeps is the answer that is kept of a question whose own is not: of a private
	// key its public half. "" is the question's own.
	Keeps core.Field
	// Optional questions accept an empty answer; OptionalIf decides by the facts.
	Optional   bool
	OptionalIf func(*State) bool
	// Transient answers are put to the server, by the check of their step, and kept
	// nowhere. Left empty they are the admin's word to go on without that proof.
	Transient bool
	// Afresh: no answer is proposed, not even the stored one, since it gives something up.
	Afresh bool
}

// MayBeEmpty reports whether an empty answer counts.
func (q Question) MayBeEmpty(s *State) bool {
	return q.Optional || q.Transient || q.OptionalIf != nil && q.OptionalIf(s)
}

// Silent reports whether the walk does not put the question by itself.
func (q Question) Silent(s *State) bool {
	return q.Settled != nil && q.Settled(s) || q.Assumed != nil && q.Assumed(s)
}

// Before is the answer that held without one: the default of an assumed question, else "".
func (q Question) Before(s *State) string {
	if q.Assumed == nil || !q.Assumed(s) || q.Default == nil {
		return ""
	}
	return q.Default(s)
}

// The forms.
const (
	aboutForm = "about" // what is connected, and which Bitbucket
	keysForm  = "keys"  // what was made elsewhere and is copied from there
)

// Option is one choice. Label and Note are empty where the words are the page's.
type Option struct {
	Value string
	Label string
	Note  string
	Group string // the heading that it stands under; "" is that of the one before
	// Refusal tells why choosing it leads nowhere; nil for a choice that does.
	Refusal *core.Finding
	// Withdraws: choosing it takes back what was answered before, though it is refused.
	Withdraws bool
}

// Withdraws reports whether a text is the choice that takes back the stored answer.
func (q Question) Withdraws(s *State, text string) bool {
	return q.Options != nil && slices.ContainsFunc(q.Options(s), func(o Option) bool {
		return o.Withdraws && strings.EqualFold(o.Value, strings.TrimSpace(text))
	})
}

func never(*State) bool  { return false }
func always(*State) bool { return true }

// onRequest marks a question that the walk never asks by itself: a flag or a
// finding's advice brings it up.
func onRequest(*State) bool { return false }

func fixed(v string) func(*State) string { return func(*State) string { return v } }

func heldHere(s *State) bool          { return s.App.Holder == core.HeldHere }
func heldByApplication(s *State) bool { return s.App.Holder == core.HeldByApplication }
func makesKeys(s *State) bool         { return newHere(s) && !brings(s) }
func newHere(s *State) bool           { return heldHere(s) && !s.Adopted() }

// brings reports whether the admin has the key pair of a new link.
func brings(s *State) bool       { return core.KeyOrigin(s.Value(core.FieldKeyOrigin)) == core.KeyBrought }
func adopted(s *State) bool      { return s.Adopted() }
func isNew(s *State) bool        { return !s.Adopted() }
func appURLOpen(s *State) bool   { return s.App.URL == "" }
func hasLoginLink(s *State) bool { return s.App.LoginLink != "" }

// importsKey: what was set up by hand has its key already, and that of a new link may be
// there, too.
func importsKey(s *State) bool {
	return heldHere(s) && (s.Adopted() || brings(s)) && s.OAuth() == core.OAuth1
}

// choosesOrigin: where the application makes its key itself, there is no choice.
func choosesOrigin(s *State) bool {
	return isNew(s) && (heldHere(s) || core.KeyOrigin(s.Value(core.FieldKeyOrigin)) == core.KeyThere)
}

// delivers: the application gets its credentials from here, in the way that it is known
// to want them.
func delivers(s *State) bool { return heldHere(s) && s.Profile().Deliver != "" }

// throughApplication: the link is used by a program that signs in by itself.
func throughApplication(s *State) bool { return heldByApplication(s) || delivers(s) }

// documented reports that the answer to a field is known of the application.
func documented(f core.Field) func(*State) bool {
	return func(s *State) bool { return !s.asks(f) }
}

// makesLink: over OAuth 1 a link is made once; later only its key changes.
func makesLink(s *State) bool {
	return !s.Adopted() && (s.OAuth() != core.OAuth1 || s.Links().ordinal() == 1)
}

func both(one, other func(*State) bool) func(*State) bool {
	return func(s *State) bool { return one(s) && other(s) }
}

func twoFactorInstalled(s *State) bool {
	return s.Value(core.FieldTwoFactor) == "yes"
}

// loginLinkOptional: an own application signs in where it wants to, and that of a
// link that was set up by hand is known to its users.
func loginLinkOptional(s *State) bool { return s.App.LoginLink == "own" || takenOver(s) }

// takenOver: the integration was set up by hand, and so its users know where to sign
// in.
func takenOver(s *State) bool {
	for _, l := range s.Integration.Links {
		if _, said := l.Words[Adopted]; said {
			return true
		}
	}
	return false
}

// versionUnread: the server could not be asked, and the admin went on without
// proof; then the version is the admin's to state.
func versionUnread(s *State) bool {
	_, said := s.word(BaseURL)
	return said && s.learned(core.CheckReach, core.LearnedVersion) == ""
}

func applications(s *State) []Option {
	opts := make([]Option, len(s.Applications))
	group := ""
	for i, a := range s.Applications {
		opts[i] = Option{Value: a.ID, Label: a.Name, Note: a.About}
		if a.Group != group {
			group, opts[i].Group = a.Group, a.Group
		}
	}
	return opts
}

func purposes(*State) []Option {
	return []Option{
		{Value: string(core.PurposeSignIn), Label: "Sign-in only"},
		{Value: string(core.PurposeSync), Label: "Sign-in and synchronization"},
	}
}

// purposeOpen: some applications are for one purpose.
func purposeOpen(s *State) bool { return s.App.Purpose == "" }

func keyOrigins(*State) []Option {
	return []Option{{Value: string(core.KeyMade)}, {Value: string(core.KeyBrought)}, {Value: string(core.KeyThere)}}
}

// permissions offers what the application is known to want, then each box alone.
func permissions(s *State) []Option {
	usual := usualPermissions(s)
	opts := []Option{{Value: usual, Label: usual}}
	for _, box := range append([]string{core.NoPermissions}, Boxes()...) {
		if box != usual {
			opts = append(opts, Option{Value: box, Label: box})
		}
	}
	return opts
}

func usualPermissions(s *State) string {
	return cmp.Or(strings.Join(s.Profile().Permissions[s.Purpose()], ", "), core.NoPermissions)
}

// mayCallBack: an application of another vendor that makes its own key is known to want the
// field empty, unless something else is known.
func mayCallBack(s *State) bool {
	return isNew(s) && (heldHere(s) || s.App.Vendor == "" || s.asks(core.FieldConsumerCallback) || s.Profile().ConsumerCallback != "")
}

func usualConsumerCallback(s *State) string { return s.fill(s.Profile().ConsumerCallback) }

func platforms(*State) []Option {
	return []Option{
		{Value: string(core.PlatformDataCenter), Label: "Bitbucket Data Center / Server"},
		{Value: string(core.PlatformCloud), Label: "Bitbucket Cloud (bitbucket.org)", Refusal: finding.BitbucketCloud.With("bitbucket.org")},
	}
}

func yesNo(*State) []Option {
	return []Option{{Value: "no", Label: "No"}, {Value: "yes", Label: "Yes"}, {Value: "unknown", Label: "I do not know"}}
}

func keySizes(*State) []Option {
	return []Option{{Value: "2048", Label: "2048 bits"}, {Value: "3072", Label: "3072 bits"}, {Value: "4096", Label: "4096 bits"}}
}

// protocols offers what the rules allow, the better one first, each with the
// reasons for this very server, application and purpose. What exists is no choice: a
// link that was set up by hand is of one or the other, and one that is in use stays
// what it is, whatever the rules say since the server was upgraded.
func protocols(s *State) []Option {
	if s.Adopted() {
		return []Option{{Value: string(core.OAuth1), Label: core.OAuth1.String()}, {Value: string(core.OAuth2), Label: core.OAuth2.String()}}
	}
	var opts, refused []Option
	for _, a := range s.Advice() {
		if exists := s.Link.State == core.LinkActive || s.Link.State == core.LinkSuperseded; a.Verdict == core.Refused &&
			!(exists && a.OAuth == s.OAuth()) {
			if why := s.Moves().Refused(a.OAuth); why != nil {
				refused = append(refused, Option{Value: string(a.OAuth), Label: a.OAuth.String(), Note: a.Why(), Refusal: why})
			}
			continue
		}
		o := Option{Value: string(a.OAuth), Label: a.OAuth.String()}
		if a.Verdict == core.Recommended {
			o.Label += " (recommended)"
		}
		var why []string
		for _, r := range a.Reasons {
			why = append(why, r.String())
		}
		o.Note = strings.Join(why, " ")
		opts = append(opts, o)
	}
	if len(opts) == 0 {
		return refused // to be told why
	}
	return opts
}

// usualProtocol is the better one, and OAuth 1 of a link that was set up by hand.
func usualProtocol(s *State) string {
	if opts := protocols(s); len(opts) > 0 && opts[0].Refusal == nil {
		return opts[0].Value
	}
	return ""
}

// oneProtocol: what has one possible answer is not asked. What exists is of one or the
// other.
func oneProtocol(s *State) bool {
	opts := protocols(s)
	return !s.Adopted() && len(opts) == 1 && opts[0].Refusal == nil
}

// defaultName proposes the name that the record got when it was created.
func defaultName(s *State) string {
	if s.Integration.Name != "" {
		return s.Integration.Name
	}
	return s.App.DefaultName
}

// LocalCallback is the redirect URL at which applink itself waits for the browser
// during a proof. Its port is fixed, because Bitbucket compares the whole URL.
const LocalCallback = "https://localhost:8473/callback"

// defaultCallback proposes applink's own URL for an application that is held
// here. That of another vendor comes from its form: its slug rule is inferred
// only, so it is compared with and not proposed; and that of a link that was set up
// by hand is in Bitbucket.
func defaultCallback(s *State) string {
	if s.App.Holder == core.HeldByApplication || s.Adopted() {
		return ""
	}
	return cmp.Or(s.ExpectedCallback(), LocalCallback)
}
