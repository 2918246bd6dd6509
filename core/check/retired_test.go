package check_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"applink/core"
	"applink/core/check"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/seal"
	"applink/core/setup"
)

// secrets opens the secrets of a link that is held here.
type secrets struct {
	keys
	secret string
}

func (k secrets) ClientSecret(context.Context, int64) (seal.Text, error) {
	return seal.NewText(k.secret), nil
}

// superseded is an integration whose first link another one took over from, seen
// through the first one.
func superseded(s *setup.State, now core.OAuth, clientID string) *setup.State {
	in := s.Integration
	in.Links[0].State = core.LinkSuperseded
	answers := map[core.Field]string{core.FieldOAuth: string(now), core.FieldClientID: clientID}
	in.Links = append(in.Links, core.Link{ID: 2, OAuth: now, State: core.LinkActive, Facts: facts(answers)})
	return setup.New(in, s.Applications).Links().Through(1)
}

// An OAuth 1 link is gone when its Client ID is, or when another key took its place.
func TestRetiredOAuth1(t *testing.T) {
	for _, tt := range []struct {
		name, app  string
		now        core.OAuth
		id         string // of the link in use
		public     string // of the old link
		registered string
		fault      practice.Fault
		state      core.CheckState
		code       core.Code
	}{
		{name: "moved and deleted", app: "own", now: "2", id: "x", public: ours().public, state: core.Passed},
		{name: "moved and still there", app: "own", now: "2", id: "x", public: ours().public, registered: ours().public, state: core.Waiting, code: finding.OldLinkStillAccepted.Code()},
		{name: "moved, there with another key", app: "own", now: "2", id: "x", public: ours().public, registered: another().public, state: core.Waiting, code: finding.OldLinkStillAccepted.Code()},
		{name: "moved, server away", app: "own", now: "2", id: "x", public: ours().public, fault: practice.Reset, state: core.Failed, code: finding.ConnectionReset.Code()},
		{name: "moved elsewhere and deleted", app: "packagist", now: "2", id: "x", public: smallCert(), state: core.Passed},
		{name: "moved elsewhere and still there", app: "packagist", now: "2", id: "x", public: smallCert(), registered: smallCert(), state: core.Waiting, code: finding.OldLinkStillAccepted.Code()},
		{name: "rotated", app: "own", now: "1", id: consumerKey, public: ours().public, registered: another().public, state: core.Passed},
		{name: "rotated, the old key is back", app: "own", now: "1", id: consumerKey, public: ours().public, registered: ours().public, state: core.Waiting, code: finding.OldLinkStillAccepted.Code()},
		{name: "rotated elsewhere", app: "packagist", now: "1", id: consumerKey, public: smallCert(), registered: smallCert(), state: core.Unknown, code: finding.OldLinkUnverifiable.Code()},
		{name: "rotated elsewhere to a longer key", app: "packagist", now: "1", id: consumerKey, public: smallCert(), registered: another().public, state: core.Passed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, tt.registered, faults(tt.fault)...)
			s := superseded(state(p.base, tt.app, tt.public), tt.now, tt.id)
			var key *seal.PrivateKey
			if tt.app == "own" {
				key = ours().private
			}
			o := runner(key).Run(t.Context(), s, core.CheckRetired)
			want(t, o, tt.state, tt.code)
			if o.State == core.Passed && o.Strength != core.Strong || len(o.Evidence) == 0 {
				t.Errorf("outcome %+v", o)
			}
			p.wantNoSecret(o)
		})
	}
}

// An OAuth 2 link is gone when the pair that was right once is refused.
func TestRetiredOAuth2(t *testing.T) {
	for _, tt := range []struct {
		name, app string
		there     bool
		proved    bool
		state     core.CheckState
		code      core.Code
	}{
		{"deleted", "own", false, true, core.Passed, ""},
		{"still there", "own", true, true, core.Waiting, finding.OldLinkStillAccepted.Code()},
		{"deleted, never proved", "own", false, false, core.Unknown, finding.OldLinkUnverifiable.Code()},
		{"secret held elsewhere", "packagist", false, true, core.Unknown, finding.OldLinkUnverifiable.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, "")
			if tt.there {
				if _, err := p.server.AddClient(practice.Client{ID: consumerKey, Secret: "right", Name: "Old", Redirect: setup.LocalCallback}); err != nil {
					t.Fatal(err)
				}
			}
			s := state(p.base, tt.app, "")
			s.Integration.Links[0].Answers = facts(map[core.Field]string{core.FieldOAuth: "2", core.FieldClientID: consumerKey,
				core.FieldCallback: setup.LocalCallback, core.FieldSecret: "kept"}).Answers
			if tt.proved {
				s.Integration.Links[0].Checks = map[core.CheckName]core.Outcome{core.CheckIdentity: {State: core.Passed}}
			}
			r := &check.Runner{Keys: secrets{secret: "right"}, Options: direct}
			o := r.Run(t.Context(), superseded(s, "2", "x"), core.CheckRetired)
			want(t, o, tt.state, tt.code)
		})
	}
}

// Only a link that another one took over from can be retired.
func TestRetiredOfALinkInUse(t *testing.T) {
	p := newPractice(t, ours().public)
	want(t, runner(ours().private).Run(t.Context(), state(p.base, "own", ours().public), core.CheckRetired), core.Failed, finding.NoOldLink.Code())
}

// An internal error that every key gets is no refusal of the old one.
func TestRetiredWhileBitbucketFails(t *testing.T) {
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, "<title>HTTP Status 500 – Internal Server Error</title>")
	}))
	defer failing.Close()
	s := superseded(state(failing.URL, "own", ours().public), core.OAuth1, consumerKey)
	o := runner(ours().private).Run(t.Context(), s, core.CheckRetired)
	want(t, o, core.Unknown, finding.OldLinkUnverifiable.Code())
	o = runner(ours().private).Run(t.Context(), state(failing.URL, "own", ours().public), core.CheckConsumer)
	want(t, o, core.Failed, finding.KeySizeMismatch.Code())
	if o.Finding.Params["held"] != "" || o.Finding.Params["said"] != "" {
		t.Errorf("finding %+v is told as certain", o.Finding)
	}
}
