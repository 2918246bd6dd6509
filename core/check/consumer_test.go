package check_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"applink/core"
	"applink/core/check"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/seal"
	"applink/core/setup"
)

var quiet = log.New(io.Discard, "", 0)

// With the private key the check proves Client ID and key.
func TestConsumer(t *testing.T) {
	for _, tt := range []struct {
		name       string
		registered string // public key in Bitbucket
		fault      practice.Fault
		state      core.CheckState
		code       core.Code
		param, has string // a particular of the finding
	}{
		{name: "known", registered: ours().public, state: core.Passed},
		{name: "not saved", state: core.Waiting, code: finding.UnknownConsumerKey.Code(), param: "key", has: consumerKey},
		{name: "another key", registered: another().public, state: core.Failed, code: finding.PublicKeyMismatch.Code(), param: "key", has: consumerKey},
		{name: "key of another size", registered: small().public, state: core.Failed, code: finding.KeySizeMismatch.Code(), param: "bits", has: "2048"},
		{name: "key of another size, which is told", registered: small().public, state: core.Failed, code: finding.KeySizeMismatch.Code(), param: "held", has: "1024"},
		{name: "scheme", registered: ours().public, fault: practice.ProxyScheme, state: core.Failed, code: finding.BaseStringMismatch.Code(), param: "part", has: "scheme"},
		{name: "host", registered: ours().public, fault: practice.ProxyHost, state: core.Failed, code: finding.BaseStringMismatch.Code(), param: "part", has: "host"},
		{name: "port", registered: ours().public, fault: practice.ProxyPort, state: core.Failed, code: finding.BaseStringMismatch.Code(), param: "part", has: "port"},
		{name: "clock", registered: ours().public, fault: practice.ClockSkew, state: core.Failed, code: finding.ClockSkew.Code(), param: "difference", has: "7 min 1"},
		{name: "three-legged off", registered: ours().public, fault: practice.NoThreeLegged, state: core.Failed, code: finding.ConsumerNotPermitted.Code()},
		{name: "consumers lost", registered: ours().public, fault: practice.NoConsumer, state: core.Waiting, code: finding.UnknownConsumerKey.Code()},
		{name: "maintenance", registered: ours().public, fault: practice.Maintenance, state: core.Failed, code: finding.Unavailable.Code()},
		{name: "broken off", registered: ours().public, fault: practice.Reset, state: core.Failed, code: finding.ConnectionReset.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, tt.registered, faults(tt.fault)...)
			o := runner(ours().private).Run(t.Context(), state(p.base, "own", ours().public), core.CheckConsumer)
			want(t, o, tt.state, tt.code)
			if tt.param != "" && (o.Finding == nil || !strings.HasPrefix(o.Finding.Params[tt.param], tt.has)) {
				t.Errorf("finding %+v, want %s %s", o.Finding, tt.param, tt.has)
			}
			if o.State == core.Passed && o.Strength != core.Strong || len(o.Evidence) == 0 {
				t.Errorf("outcome %+v", o)
			}
			p.wantNoSecret(o)
		})
	}
}

// The evidence of a signature that was refused begins with what differs.
func TestEvidenceBeginsWithTheDifference(t *testing.T) {
	for fault, want := range map[practice.Fault]core.Evidence{
		practice.ProxyScheme: {Label: "the difference", Value: "scheme"},
		"":                   {Label: "compared", Value: "both sign the same text, so the keys differ"},
	} {
		registered := another().public
		if fault != "" {
			registered = ours().public
		}
		p := newPractice(t, registered, faults(fault)...)
		o := runner(ours().private).Run(t.Context(), state(p.base, "own", ours().public), core.CheckConsumer)
		if len(o.Evidence) == 0 || o.Evidence[0] != want {
			t.Errorf("%q: the evidence is %+v", fault, o.Evidence)
		}
	}
}

// An answer that looks good and cannot be used is not "unexpected" without a word.
func TestConsumerOfAnUnusableAnswer(t *testing.T) {
	for _, body := range []string{
		"oauth_token=a&oauth_token=b&oauth_token_secret=s&oauth_callback_confirmed=true",
		"oauth_token=a%1b&oauth_token_secret=s&oauth_callback_confirmed=true",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }))
		defer server.Close()
		o := runner(ours().private).Run(t.Context(), state(server.URL, "own", ours().public), core.CheckConsumer)
		want(t, o, core.Failed, finding.TokenResponseInvalid.Code())
	}
}

// keysOf are the private keys by link.
type keysOf struct {
	keys
	private map[int64]*seal.PrivateKey
}

func (k keysOf) PrivateKey(_ context.Context, link int64) (*seal.PrivateKey, error) {
	return k.private[link], nil
}

// While a key is changed, Bitbucket has the one in use until the admin replaces it;
// any other one is a failure.
func TestConsumerOfARotation(t *testing.T) {
	for _, tt := range []struct {
		name, app  string
		registered string
		state      core.CheckState
		code       core.Code
		old        core.CheckState // of the key in use
		why        core.Code
	}{
		{"not replaced yet", "own", another().public, core.Waiting, "", core.Passed, ""},
		{"replaced", "own", ours().public, core.Passed, "", core.Waiting, finding.KeyBeingReplaced.Code()},
		{"a third one", "own", small().public, core.Failed, finding.KeySizeMismatch.Code(), core.Failed, finding.KeySizeMismatch.Code()},
		{"held elsewhere, of another size", "packagist", another().public, core.Waiting, "", core.Passed, ""},
		{"held elsewhere, replaced", "packagist", smallCert(), core.Passed, "", core.Waiting, finding.KeyBeingReplaced.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, tt.registered)
			draft := ours().public
			if tt.app == "packagist" {
				draft = smallCert()
			}
			s := state(p.base, tt.app, draft)
			s.Link.ID = 2
			inUse := core.Link{ID: 1, OAuth: core.OAuth1, State: core.LinkActive,
				Facts: facts(map[core.Field]string{core.FieldOAuth: "1", core.FieldClientID: consumerKey, core.FieldPublicKey: another().public})}
			s.Integration.Links = []core.Link{inUse, s.Link}
			r := &check.Runner{Keys: keysOf{private: map[int64]*seal.PrivateKey{1: another().private, 2: ours().private}}, Options: direct}
			want(t, r.Run(t.Context(), s, core.CheckConsumer), tt.state, tt.code)
			want(t, r.Run(t.Context(), s.Links().InUse(), core.CheckConsumer), tt.old, tt.why)
		})
	}
}

func faults(f practice.Fault) []practice.Fault {
	if f == "" {
		return nil
	}
	return []practice.Fault{f}
}

// Without the private key, as with Private Packagist and its 1024-bit certificate,
// the check proves that the key is known, not that it is the right one.
func TestConsumerHeldByTheApplication(t *testing.T) {
	for _, tt := range []struct {
		name       string
		registered string
		fault      practice.Fault
		state      core.CheckState
		code       core.Code
	}{
		{name: "known", registered: smallCert(), state: core.Passed},
		{name: "not saved", state: core.Waiting, code: finding.UnknownConsumerKey.Code()},
		{name: "key of another size", registered: another().public, state: core.Failed, code: finding.KeySizeMismatch.Code()},
		{name: "proxy", registered: smallCert(), fault: practice.ProxyScheme, state: core.Passed, code: finding.BaseStringMismatch.Code()},
		{name: "clock", registered: smallCert(), fault: practice.ClockSkew, state: core.Failed, code: finding.ClockSkew.Code()},
		{name: "three-legged off", registered: smallCert(), fault: practice.NoThreeLegged, state: core.Failed, code: finding.ConsumerNotPermitted.Code()},
		{name: "broken off", registered: smallCert(), fault: practice.Reset, state: core.Failed, code: finding.ConnectionReset.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, tt.registered, faults(tt.fault)...)
			o := runner(nil).Run(t.Context(), state(p.base, "packagist", smallCert()), core.CheckConsumer)
			want(t, o, tt.state, tt.code)
			if tt.code == finding.KeySizeMismatch.Code() && (o.Finding.Params["bits"] != "1024" || o.Finding.Params["held"] != "2048") {
				t.Errorf("finding %+v", o.Finding)
			}
			if o.State == core.Passed && (o.Strength != core.Weak || o.Finding != nil && !o.Finding.Warning) {
				t.Errorf("outcome %+v", o)
			}
			p.wantNoSecret(o)
		})
	}
}

// What is missing on our side is no fault of the network.
func TestConsumerThatCannotBeAsked(t *testing.T) {
	p := newPractice(t, "")
	locked := finding.KeySourceUnavailable.With("keyring").Because("the collection is locked")
	for _, tt := range []struct {
		name       string
		app        string
		public, id string
		keys       keys
		code       core.Code
		flag       string
	}{
		{"no private key", "own", ours().public, consumerKey, keys{}, finding.AnswerMissing.Code(), "key-bits"},
		{"no Client ID", "own", ours().public, "", keys{private: ours().private}, finding.AnswerMissing.Code(), "client-id"},
		{"no public key", "packagist", "", consumerKey, keys{}, finding.AnswerMissing.Code(), "public-key"},
		{"damaged public key", "packagist", smallCert()[:300], consumerKey, keys{}, finding.KeyDamaged.Code(), ""},
		{"locked keyring", "own", ours().public, consumerKey, keys{err: locked}, finding.KeySourceUnavailable.Code(), ""},
		{"database gone", "own", ours().public, consumerKey, keys{err: errors.New("disk I/O error")}, finding.KeySourceUnavailable.Code(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := state(p.base, tt.app, tt.public)
			if tt.id == "" {
				delete(s.Link.Answers, core.FieldClientID)
			}
			r := &check.Runner{Keys: tt.keys, Options: direct}
			o := r.Run(t.Context(), s, core.CheckConsumer)
			want(t, o, core.Failed, tt.code)
			if o.Finding != nil && o.Finding.Params["flag"] != tt.flag {
				t.Errorf("finding %+v", o.Finding)
			}
			if _, err := r.Authorize(t.Context(), s, true); tt.app == "own" && err == nil {
				t.Error("a dance began")
			}
		})
	}
	if events := p.server.Events(); len(events) != 0 {
		t.Errorf("the server was asked: %v", events)
	}
}

// Answers that are no Bitbucket's, good ones too, never leave a failure without
// its finding.
func TestConsumerOfAStrangeServer(t *testing.T) {
	for _, body := range []string{"", "oauth_token=a+b&oauth_token_secret=c&oauth_callback_confirmed=true", "oauth_token=a&oauth_token_secret=b",
		"oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true", `{"oauth_token":"a"}`, "<html>", "oauth_problem=", "oauth_problem=new_one"} {
		for _, status := range []int{200, 201, 204, 302, 400, 401, 403, 404, 500, 503} {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				io.WriteString(w, body)
			}))
			strong := runner(ours().private).Run(t.Context(), state(web.URL, "own", ours().public), core.CheckConsumer)
			weak := runner(nil).Run(t.Context(), state(web.URL, "packagist", smallCert()), core.CheckConsumer)
			if _, err := runner(ours().private).Authorize(t.Context(), state(web.URL, "own", ours().public), true); err != nil && err.Error() == "" {
				t.Errorf("%d %q: an error without a text", status, body)
			}
			web.Close()
			for _, o := range []core.Outcome{strong, weak} {
				if o.State == core.Failed && o.Finding == nil || o.State == core.Passed && (o.Strength == core.Weak || status > 201) {
					t.Errorf("%d %q: %+v", status, body, o)
				}
			}
		}
	}
}

// Of a link that was set up by hand the key may not be known: then its size is
// found out.
func TestConsumerOfAnAdoptedLinkWithoutItsKey(t *testing.T) {
	for _, tt := range []struct {
		name, registered string
		state            core.CheckState
		code             core.Code
	}{
		{"2048 bits", ours().public, core.Passed, ""},
		{"1024 bits", smallCert(), core.Passed, ""},
		{"not there", "", core.Waiting, finding.UnknownConsumerKey.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPractice(t, tt.registered)
			s := state(p.base, "packagist", "")
			s.Link.Words = map[core.StepID]core.Word{setup.Adopted: {}}
			o := runner(nil).Run(t.Context(), s, core.CheckConsumer)
			want(t, o, tt.state, tt.code)
			if o.State == core.Passed && o.Strength != core.Weak {
				t.Errorf("outcome %+v", o)
			}
		})
	}
}
