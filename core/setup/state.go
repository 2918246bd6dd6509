package setup

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// State is one integration seen by the machine: its facts, read through one of its links.
// Make it with [New]. What follows from the facts is told by [State.Path], [State.Links] and
// [State.Moves].
type State struct {
	Integration  core.Integration
	Link         core.Link // the link that is looked through; zero before there is one
	App          core.Application
	Applications []core.Application
}

// New looks at an integration through its current link. One of an application that is not
// among those given is damaged by [finding.ApplicationUnknown].
func New(in core.Integration, apps []core.Application) *State {
	s := &State{Integration: in, Applications: apps}
	id := in.Answers[core.FieldApplication].Value
	for _, a := range apps {
		if a.ID == id {
			s.App = a
		}
	}
	if id != "" && s.App.ID == "" && in.Damage == nil {
		s.Integration.Damage = finding.ApplicationUnknown.With(in.Name, in.Slug, id)
	}
	return s.through(in.Current()).held()
}

// held gives the application of the view the holder of its link's secret half: where the
// application made the key pair of this link itself, it is the application.
func (s *State) held() *State {
	for _, a := range s.Applications {
		if a.ID == s.App.ID {
			s.App = a
		}
	}
	if s.OAuth() == core.OAuth1 && core.KeyOrigin(s.Value(core.FieldKeyOrigin)) == core.KeyThere {
		s.App.Holder = core.HeldByApplication
	}
	return s
}

// Profile is what the application wants of a link over its protocol; zero before that is
// chosen.
func (s *State) Profile() core.Profile { return s.App.Profiles[s.OAuth()] }

// Answer returns the answer to a field, wherever it is kept.
func (s *State) Answer(f core.Field) (core.Answer, bool) {
	if a, ok := s.Link.Answers[f]; ok {
		return a, true
	}
	a, ok := s.Integration.Answers[f]
	return a, ok
}

// AnswerTo returns the answer that is kept of a question.
func (s *State) AnswerTo(q Question) (core.Answer, bool) {
	if q.Keeps != "" {
		return s.Answer(q.Keeps)
	}
	return s.Answer(q.Field)
}

// Value returns the text of the answer to a field, or "".
func (s *State) Value(f core.Field) string {
	a, _ := s.Answer(f)
	return a.Value
}

// OAuth is the protocol of the link, or "" before it is chosen.
func (s *State) OAuth() core.OAuth { return core.OAuth(s.Value(core.FieldOAuth)) }

// Purpose is what the link is for.
func (s *State) Purpose() core.Purpose {
	return cmp.Or(s.App.Purpose, core.Purpose(s.Value(core.FieldPurpose)))
}

// Check returns the outcome of a check, wherever it is kept.
func (s *State) Check(n core.CheckName) (core.Outcome, bool) {
	if o, ok := s.Link.Checks[n]; ok {
		return o, true
	}
	o, ok := s.Integration.Checks[n]
	return o, ok
}

// Proof returns the latest outcome of a check that passed, wherever it is kept. A
// failure since takes nothing back: only a changed answer does.
func (s *State) Proof(n core.CheckName) (core.Outcome, bool) {
	if o, ok := s.Link.Proof(n); ok {
		return o, true
	}
	return s.Integration.Proof(n)
}

func (s *State) learned(n core.CheckName, l core.Learned) string {
	o, _ := s.Proof(n)
	return o.Learned[l]
}

func (s *State) word(id core.StepID) (core.Word, bool) {
	if w, ok := s.Link.Words[id]; ok {
		return w, true
	}
	w, ok := s.Integration.Words[id]
	return w, ok
}

// Server is what is known about Bitbucket: read from it, else stated.
func (s *State) Server() core.Server {
	srv := core.Server{
		BaseURL: s.Value(core.FieldBaseURL),
		Version: core.Version(s.learned(core.CheckReach, core.LearnedVersion)),
		OAuth2:  s.learned(core.CheckReach, core.LearnedOAuth2),
	}
	if !srv.Version.Known() {
		srv.Version, srv.Stated = core.Version(s.Value(core.FieldVersion)), true
	}
	return srv
}

// Advice weighs the rules for this server, application and purpose.
func (s *State) Advice() []core.Advice {
	return core.Advise(s.Server(), s.App, s.Purpose())
}

// AdviceOn is the advice on one protocol.
func (s *State) AdviceOn(o core.OAuth) core.Advice {
	for _, a := range s.Advice() {
		if a.OAuth == o {
			return a
		}
	}
	return core.Advice{OAuth: o}
}

// Refusal tells which rule refuses a protocol for new links on this server, for this
// application and purpose; "" when none does.
func (s *State) Refusal(o core.OAuth) string {
	if a := s.AdviceOn(o); a.Verdict == core.Refused {
		return a.Why()
	}
	return ""
}

// AppURL is the application's URL: fixed by the application, or the admin's.
func (s *State) AppURL() string {
	if s.App.URL != "" {
		return s.App.URL
	}
	return s.Value(core.FieldAppURL)
}

// ExpectedCallback is the Redirect URL that the application's pattern gives, or
// "" when it has none. The slug rule of an application may be inferred only: it makes
// one of the name that its form was given. Whether it renamed what is in use, as it was
// renamed here, nobody knows.
func (s *State) ExpectedCallback() string {
	slug := core.Slug(s.Integration.Name)
	if s.Integration.Active() != nil && slug != s.Integration.Slug {
		return ""
	}
	return strings.ReplaceAll(s.fill(s.App.Profiles[core.OAuth2].Callback), "{slug}", slug)
}

// fill puts the addresses into a URL of the profile.
func (s *State) fill(pattern string) string {
	return strings.NewReplacer("{app}", strings.TrimRight(s.AppURL(), "/"), "{base}", s.Value(core.FieldBaseURL)).Replace(pattern)
}

// asks reports whether the application's documentation leaves an answer open.
func (s *State) asks(f core.Field) bool { return slices.Contains(s.Profile().Open, f) }

// scopes are the keys of Bitbucket's permission boxes (Atlassian, OAuth 2.0 scopes
// for incoming links).
var scopes = map[string]string{
	"Repositories: Read":  "REPO_READ",
	"Repositories: Write": "REPO_WRITE",
	"Repositories: Admin": "REPO_ADMIN",
	"Projects: Admin":     "PROJECT_ADMIN",
	"Account: Write":      "ACCOUNT_WRITE",
	"Admin: Write":        "ADMIN_WRITE",
	"System admin: Write": "SYSTEM_ADMIN",
}

// Boxes are the permission boxes that an application can want, sorted.
func Boxes() []string { return slices.Sorted(maps.Keys(scopes)) }

// Permissions are the boxes to tick on an OAuth 2 link: what was answered, else what the
// application wants.
func (s *State) Permissions() []string {
	switch answer := s.Value(core.FieldPermissions); answer {
	case "":
		return s.Profile().Permissions[s.Purpose()]
	case core.NoPermissions:
		return nil
	default:
		return strings.Split(answer, ", ")
	}
}

// consumerCallback is the Consumer Callback URL of an OAuth 1 link: what was answered,
// else what the application wants.
func (s *State) consumerCallback() string {
	if a, ok := s.Answer(core.FieldConsumerCallback); ok {
		return a.Value
	}
	return usualConsumerCallback(s)
}

// Scopes are what an OAuth 2 link is asked for: the keys of the boxes to tick, or
// the least there is when nothing is ticked.
func (s *State) Scopes() []string {
	var keys []string
	for _, box := range s.Permissions() {
		keys = append(keys, scopes[box])
	}
	if keys == nil {
		return []string{"PUBLIC_REPOS"}
	}
	return keys
}

// LocalCallback is the redirect URL of the link that leads to this machine, on
// which a proof can wait for the browser; "" when none does.
func (s *State) LocalCallback() string {
	for u := range strings.SplitSeq(s.Value(core.FieldCallback), ",") {
		if core.IsLocalRedirect(u) {
			return u
		}
	}
	return ""
}

// WayBack is how a proof learns what the browser ended with: with code, not by a
// listener on this machine, which over OAuth 2 a redirect URL has to name.
func (s *State) WayBack(code bool) core.WayBack {
	switch {
	case s.OAuth() == core.OAuth2 && (code || s.LocalCallback() == ""):
		return core.BackByAddress
	case code:
		return core.BackByCode
	}
	return core.BackHere
}

// otherCallbacks are the redirect URLs of the link but the one that leads here.
func (s *State) otherCallbacks() string {
	all := strings.Split(s.Value(core.FieldCallback), ",")
	local := s.LocalCallback()
	return strings.Join(slices.DeleteFunc(all, func(u string) bool { return u == local }), ",")
}

// FirstCallback is the first redirect URL of the link.
func (s *State) FirstCallback() string {
	first, _, _ := strings.Cut(s.Value(core.FieldCallback), ",")
	return first
}
