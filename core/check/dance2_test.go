package check_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/check"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/setup"
)

// redirect is an application's own address, so that what the browser ends at is
// pasted.
const redirect = "https://app.example.com/oauth/callback"

// begin2 starts a dance over OAuth 2 with a client that has the permission to read.
func begin2(t *testing.T, secret string, faults ...practice.Fault) (*rehearsal, core.Dance) {
	t.Helper()
	p, r, s := linked2(t, secret, faults...)
	d, err := r.Authorize(t.Context(), s, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return p, d
}

// linked2 is an OAuth 2 link to a practice Bitbucket that knows it.
func linked2(t *testing.T, secret string, faults ...practice.Fault) (*rehearsal, *check.Runner, *setup.State) {
	t.Helper()
	p := newPractice(t, "", faults...)
	client, err := p.server.AddClient(practice.Client{Redirect: redirect, Scopes: []string{"REPO_READ"}})
	if err != nil {
		t.Fatal(err)
	}
	if secret == "" {
		secret = client.Secret
	}
	link := map[core.Field]string{core.FieldOAuth: "2", core.FieldClientID: client.ID, core.FieldCallback: redirect}
	in := core.Integration{ID: 1, Name: "Build farm", Slug: "buildfarm",
		Facts: facts(map[core.Field]string{core.FieldApplication: "own", core.FieldBaseURL: p.base, core.FieldPurpose: "sync"}),
		Links: []core.Link{{ID: 1, OAuth: core.OAuth2, State: core.LinkDraft, Facts: facts(link)}}}
	own := core.Application{ID: "own", Name: "Own", Holder: core.HeldHere,
		Profiles: map[core.OAuth]core.Profile{core.OAuth2: {Permissions: map[core.Purpose][]string{core.PurposeSync: {"Repositories: Read"}}}}}
	return p, &check.Runner{Keys: keys{client: secret}, Options: direct}, setup.New(in, []core.Application{own})
}

func TestDance2ByPastedAddress(t *testing.T) {
	p, d := begin2(t, "")
	want(t, d.Wait(t.Context()), core.Unknown, "")
	address := p.decide(d, true)
	stranger := d.Submit(t.Context(), strings.Replace(address, "state=", "state=x", 1))
	want(t, stranger, core.Failed, finding.StateMismatch.Code())
	o := d.Submit(t.Context(), address)
	want(t, o, core.Passed, "")
	if o.Learned[core.LearnedUser] != "jane" || o.Learned[core.LearnedRefresh] != "done" || o.Strength != core.Strong {
		t.Errorf("learned %v, %s", o.Learned, o.Strength)
	}
	again := d.Submit(t.Context(), address)
	if again.State != core.Passed || !slices.Equal(again.Evidence, o.Evidence) {
		t.Errorf("pasted twice: %+v", again)
	}
}

// Whatever goes wrong ends in its finding, with the values that its page names.
func TestDance2Refused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  practice.Fault
		secret string
		deny   bool
		code   core.Code
	}{
		{name: "denied", deny: true, code: finding.OAuth2AccessDenied.Code()},
		{name: "another secret", secret: "wrong", code: finding.InvalidClient.Code()},
		{name: "too late", fault: practice.CodeSlow, code: finding.CodeExpired.Code()},
		{name: "no grant type", fault: practice.GrantRefused, code: finding.GrantUnsupported.Code()},
		{name: "no token", fault: practice.TokenUnusable, code: finding.OAuth2TokenResponseInvalid.Code()},
		{name: "revoked", fault: practice.TokenRevoked, code: finding.OAuth2UserUnknown.Code()},
		{name: "answer lost", fault: practice.RefreshLost, code: finding.RefreshInconclusive.Code()},
		{name: "two factors", fault: practice.TwoFactor, code: finding.SignedCallHTML.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var faults []practice.Fault
			if tt.fault != "" {
				faults = append(faults, tt.fault)
			}
			p, d := begin2(t, tt.secret, faults...)
			o := d.Submit(t.Context(), p.decide(d, !tt.deny))
			want(t, o, core.Failed, tt.code)
			if len(o.Evidence) == 0 {
				t.Error("no evidence")
			}
		})
	}
}

// What the authorize page refuses at once is told before a browser is waited for.
func TestDance2OpensTheAuthorizePageFirst(t *testing.T) {
	for fault, code := range map[practice.Fault]core.Code{
		practice.Maintenance: finding.Unavailable.Code(), practice.ProviderAbsent: finding.OAuth2NotFound.Code(),
		practice.ScopeRefused: finding.InvalidScope.Code(),
	} {
		t.Run(string(fault), func(t *testing.T) {
			_, r, s := linked2(t, "", fault)
			d, err := r.Authorize(t.Context(), s, false)
			var f *core.Finding
			if err == nil {
				d.Close()
			}
			if !errors.As(err, &f) || f.Code != code {
				t.Fatalf("%v, want %s", err, code)
			}
			if fault == practice.ScopeRefused && f.Params["scope"] != "REPO_READ" {
				t.Errorf("particulars %v", f.Params)
			}
		})
	}
}

// The browser shows an error page, of which nobody is told here: what Bitbucket says of
// it on being asked is the cause, and else each that is left is named.
func TestDance2ErrorPage(t *testing.T) {
	p, d := begin2(t, "", practice.RedirectRefused)
	o := d.ErrorPage(t.Context())
	want(t, o, core.Failed, finding.OAuth2ErrorPage.Code())
	if o.Finding.Params["client"] != "right" || o.Finding.Params["redirect"] != redirect || o.Finding.Params["id"] == "" || len(o.Evidence) == 0 {
		t.Errorf("%v, evidence %v", o.Finding.Params, o.Evidence)
	}
	p.server.SetFault(practice.Maintenance, true)
	want(t, d.ErrorPage(t.Context()), core.Failed, finding.Unavailable.Code())
	p.server.SetFault(practice.Maintenance, false)
	p.server.SetFault(practice.NoConsumer, true)
	want(t, d.ErrorPage(t.Context()), core.Failed, finding.InvalidClient.Code())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want(t, d.ErrorPage(ctx), core.Unknown, "")
}
