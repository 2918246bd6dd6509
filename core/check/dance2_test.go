package check_test

import (
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/bitbucket/bitbuckettest"
	"applink/core/check"
	"applink/core/setup"
)

// redirect is an application's own address, so that what the browser ends at is
// pasted.
const redirect = "https://app.example.com/oauth/callback"

// begin2 starts a dance over OAuth 2 with a client that has the permission to read.
func begin2(t *testing.T, secret string, faults ...bitbuckettest.Fault) (*practice, core.Dance) {
	t.Helper()
	p := newPractice(t, "", faults...)
	client, err := p.server.AddClient(bitbuckettest.Client{Redirect: redirect, Scopes: []string{"REPO_READ"}})
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
		Permissions: map[core.Purpose][]string{core.PurposeSync: {"Repositories: Read"}}}
	r := &check.Runner{Keys: keys{client: secret}, Options: direct}
	d, err := r.Authorize(t.Context(), setup.New(in, []core.Application{own}), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return p, d
}

func TestDance2ByPastedAddress(t *testing.T) {
	p, d := begin2(t, "")
	want(t, d.Wait(t.Context()), core.Unknown, "")
	address := p.decide(d, true)
	stranger := d.Submit(t.Context(), strings.Replace(address, "state=", "state=x", 1))
	want(t, stranger, core.Failed, "AL-OAUTH2-012")
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
		fault  bitbuckettest.Fault
		secret string
		deny   bool
		code   core.Code
		params map[string]string
	}{
		{name: "denied", deny: true, code: "AL-OAUTH2-007"},
		{name: "another secret", secret: "wrong", code: "AL-OAUTH2-001"},
		{name: "scope", fault: bitbuckettest.ScopeRefused, code: "AL-OAUTH2-006", params: map[string]string{"scope": "REPO_READ"}},
		{name: "too late", fault: bitbuckettest.CodeSlow, code: "AL-OAUTH2-013"},
		{name: "no grant type", fault: bitbuckettest.GrantRefused, code: "AL-OAUTH2-008"},
		{name: "no token", fault: bitbuckettest.TokenUnusable, code: "AL-OAUTH2-011"},
		{name: "revoked", fault: bitbuckettest.TokenRevoked, code: "AL-OAUTH2-016"},
		{name: "answer lost", fault: bitbuckettest.RefreshLost, code: "AL-OAUTH2-010"},
		{name: "two factors", fault: bitbuckettest.TwoFactor, code: "AL-OAUTH-021"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var faults []bitbuckettest.Fault
			if tt.fault != "" {
				faults = append(faults, tt.fault)
			}
			p, d := begin2(t, tt.secret, faults...)
			o := d.Submit(t.Context(), p.decide(d, !tt.deny))
			want(t, o, core.Failed, tt.code)
			for name, value := range tt.params {
				if o.Finding.Params[name] != value {
					t.Errorf("%s is %q, want %q", name, o.Finding.Params[name], value)
				}
			}
			if len(o.Evidence) == 0 && !tt.deny && tt.fault != bitbuckettest.ScopeRefused {
				t.Error("no evidence")
			}
		})
	}
}
