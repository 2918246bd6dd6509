package check_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/practice/browser"
)

// begin starts a dance over a practice server that knows our key.
func begin(t *testing.T, code bool, faults ...practice.Fault) (*rehearsal, core.Dance) {
	t.Helper()
	p := newPractice(t, ours().public, faults...)
	d, err := runner(ours().private).Authorize(t.Context(), state(p.base, "own", ours().public), code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return p, d
}

// decide lets jane allow or deny, and returns what her browser shows: an address
// or a code.
func (p *rehearsal) decide(d core.Dance, allow bool) string {
	p.t.Helper()
	jane := browser.NewAdmin(p.base)
	if err := jane.Login(p.t.Context(), "jane", "jane"); err != nil {
		p.t.Fatal(err)
	}
	answer, err := jane.Authorize(p.t.Context(), d.URL(), allow)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

func (p *rehearsal) wantJane(o core.Outcome) {
	p.t.Helper()
	want(p.t, o, core.Passed, "")
	if o.Check != core.CheckIdentity || o.Strength != core.Strong || o.Learned[core.LearnedUser] != "jane" ||
		o.Learned[core.LearnedUserID] != "42" || o.Learned[core.LearnedUserName] != "Jane Doe" {
		p.t.Errorf("outcome %+v", o)
	}
	p.mu.Lock()
	seen := len(p.secrets)
	p.mu.Unlock()
	if seen < 5 {
		p.t.Errorf("only %d secrets passed by: the search proves nothing", seen)
	}
	p.wantNoSecret(o)
	var asked []string
	for _, e := range o.Evidence {
		if e.Label == "asked" {
			asked = append(asked, e.Value)
		}
	}
	if len(asked) < 4 || !strings.HasSuffix(asked[0], "/request-token") || !strings.HasSuffix(asked[1], "/access-token") {
		p.t.Errorf("evidence is not of the whole dance: %q", asked)
	}
}

func TestDanceByLoopback(t *testing.T) {
	p, d := begin(t, false)
	visit(t, p.decide(d, true))
	p.wantJane(d.Wait(t.Context()))
}

// The address that a browser elsewhere could not open may be pasted.
func TestDanceByPastedAddress(t *testing.T) {
	p, d := begin(t, false)
	p.wantJane(d.Submit(t.Context(), p.decide(d, true)))
}

func TestDanceByCode(t *testing.T) {
	p, d := begin(t, true)
	want(t, d.Wait(t.Context()), core.Unknown, "")
	code := p.decide(d, true)
	want(t, d.Submit(t.Context(), " "), core.Failed, finding.WrongVerifier.Code())
	want(t, d.Submit(t.Context(), "https://elsewhere.example/?oauth_verifier=x"), core.Failed, finding.WrongVerifier.Code())
	if o := d.Submit(t.Context(), "https://elsewhere.example/?oauth_verifier=x"); o.Finding.Params["unsent"] == "" {
		t.Errorf("an address that was not sent: %+v", o.Finding)
	}
	o := d.Submit(t.Context(), strings.Repeat("x", len(code)))
	want(t, o, core.Failed, finding.WrongVerifier.Code())
	if o.Finding.Params["unsent"] != "" {
		t.Errorf("a code that was sent: %+v", o.Finding)
	}
	p.wantNoSecret(o)
	p.wantJane(d.Submit(t.Context(), code))
}

func TestDanceDenied(t *testing.T) {
	p, d := begin(t, false)
	visit(t, p.decide(d, false))
	o := d.Wait(t.Context())
	want(t, o, core.Failed, finding.AccessDenied.Code())
	p.wantNoSecret(o)
}

func TestDanceToWhichNobodyCame(t *testing.T) {
	_, d := begin(t, false)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	o := d.Wait(ctx)
	want(t, o, core.Failed, finding.CallbackTimeout.Code())
	if o.Finding.Params["after"] != "0 s" {
		t.Errorf("finding %+v", o.Finding)
	}
}

// A callback that is of no use is not nobody's coming back.
func TestDanceThatCameBackUnusable(t *testing.T) {
	p, d := begin(t, false)
	address, _, _ := strings.Cut(p.decide(d, true), "&oauth_verifier=")
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	o := d.Wait(ctx)
	want(t, o, core.Failed, finding.CallbackUnusable.Code())
	if what := o.Finding.Params["what"]; what != "the address carried no oauth_verifier" {
		t.Errorf("what is %q", what)
	}
	p.wantNoSecret(o)
}

func TestDanceGivenUp(t *testing.T) {
	_, d := begin(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want(t, d.Wait(ctx), core.Unknown, "")
	d.Close()
	want(t, d.Wait(t.Context()), core.Unknown, "")
}

// An exchange that the server does not answer in time is not the user's absence.
func TestDanceThatTheServerDelays(t *testing.T) {
	p, d := begin(t, false)
	address := p.decide(d, true)
	if err := p.server.SetFault(practice.Slow, true); err != nil {
		t.Fatal(err)
	}
	visit(t, address)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	want(t, d.Wait(ctx), core.Failed, finding.Timeout.Code())
}

func TestIdentityFaults(t *testing.T) {
	for _, tt := range []struct {
		fault practice.Fault
		code  core.Code
	}{
		{practice.Anonymous, finding.UserUnknown.Code()},
		{practice.TwoFactor, finding.SignedCallHTML.Code()},
		{practice.HTML, finding.SignedCallHTML.Code()},
		{practice.LoginRedirect, finding.LoginPage.Code()},
		{practice.RateLimited, finding.RateLimited.Code()},
		{practice.Huge, finding.ResponseTooLarge.Code()},
		{practice.Jira, finding.NotFound.Code()},
	} {
		t.Run(string(tt.fault), func(t *testing.T) {
			p, d := begin(t, true, tt.fault)
			o := d.Submit(t.Context(), p.decide(d, true))
			want(t, o, core.Failed, tt.code)
			p.wantNoSecret(o)
		})
	}
}

// Every check under every fault: a failure has its finding and its evidence, a
// pass no finding but a warning, and nothing tells a secret.
func TestEveryFault(t *testing.T) {
	for _, info := range practice.Faults() {
		t.Run(string(info.Fault), func(t *testing.T) {
			p := newPractice(t, ours().public, info.Fault)
			r := runner(ours().private)
			r.Limit = 2 * time.Second
			if info.Fault == practice.Slow {
				r.Limit = 50 * time.Millisecond
			}
			s := state(p.base, "own", ours().public)
			outcomes := []core.Outcome{
				r.Run(t.Context(), s, core.CheckReach),
				r.Run(t.Context(), s, core.CheckConsumer),
				r.Run(t.Context(), state(p.base, "packagist", smallCert()), core.CheckConsumer),
			}
			for _, o := range outcomes {
				bad := o.Finding == nil || len(o.Evidence) == 0
				if o.State == core.Passed {
					bad = o.Finding != nil && !o.Finding.Warning || len(o.Evidence) == 0
				}
				if bad || o.State == core.Unknown {
					t.Errorf("%s: %+v", o.Check, o)
				}
				p.wantNoSecret(o)
			}
		})
	}
}

// A name without a user record that may be seen is an identity all the same.
func TestIdentityWithoutARecord(t *testing.T) {
	p, d := begin(t, true)
	code := p.decide(d, true)
	p.mu.Lock()
	p.hidden = "/rest/api/1.0/users"
	p.mu.Unlock()
	o := d.Submit(t.Context(), code)
	want(t, o, core.Passed, "")
	if _, ok := o.Learned[core.LearnedUserID]; ok || o.Learned[core.LearnedUser] != "jane" {
		t.Errorf("learned %v", o.Learned)
	}
}
