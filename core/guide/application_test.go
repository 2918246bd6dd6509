package guide

import (
	"slices"
	"testing"

	"applink/core"
)

func TestApplications(t *testing.T) {
	apps, err := Applications()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range apps {
		ids = append(ids, a.ID)
		if a.Name == "" || a.DefaultName == "" || a.Holder != core.HeldHere && a.Holder != core.HeldByApplication {
			t.Errorf("%s: name %q, default name %q, holder %q", a.ID, a.Name, a.DefaultName, a.Holder)
		}
		for _, r := range a.Rules {
			if r.Reason == "" || r.Source == "" || r.Verdict == "" || r.OAuth == "" {
				t.Errorf("%s: a rule is not complete: %+v", a.ID, r)
			}
			for _, v := range []core.Version{r.From, r.Below} {
				if p, err := core.ParseVersion(string(v)); v != "" && (err != nil || p != v) {
					t.Errorf("%s: %q is not a version", a.ID, v)
				}
			}
		}
	}
	if want := []string{"packagist-cloud", "packagist-self-hosted", "own"}; !slices.Equal(ids, want) {
		t.Errorf("applications are %v, want %v", ids, want)
	}
	if url := apps[0].URL; url != "https://packagist.com" {
		t.Errorf("Private Packagist Cloud is at %q", url)
	}
	if got := apps[2].Permissions[core.PurposeSignIn]; len(got) != 0 {
		t.Errorf("signing in alone needs no permission, not %v", got)
	}
	apps[0].ID = "changed"
	if again, _ := Applications(); again[0].ID != "packagist-cloud" {
		t.Error("a caller can change the list")
	}
}

// The verdicts that Bitbucket's and the application's rules give together.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		app      int
		version  core.Version
		purpose  core.Purpose
		one, two core.Verdict
	}{
		{0, "7.17", core.PurposeSync, core.Recommended, core.Refused},
		{0, "7.20", core.PurposeSync, core.Recommended, core.Discouraged},
		{0, "7.21", core.PurposeSync, core.Possible, core.Recommended},
		{0, "8.0", core.PurposeSync, core.Refused, core.Recommended},
		{0, "8.0", core.PurposeSignIn, core.Possible, core.Recommended},
		{1, "10.2", core.PurposeSync, core.Refused, core.Recommended},
		{1, "10.2", core.PurposeSignIn, core.Possible, core.Recommended},
		{2, "7.17", core.PurposeSignIn, core.Recommended, core.Refused},
		{2, "7.20", core.PurposeSync, core.Possible, core.Possible},
		{2, "9.4", core.PurposeSync, core.Possible, core.Recommended},
		{0, "", core.PurposeSync, core.Possible, core.Possible},
	} {
		app := applicationAt(t, c.app)
		for _, a := range core.Advise(core.Server{Version: c.version}, app, c.purpose) {
			want := c.one
			if a.OAuth == core.OAuth2 {
				want = c.two
			}
			if a.Verdict != want {
				t.Errorf("%s, Bitbucket %q, %s: %s is %s, want %s", app.ID, c.version, c.purpose, a.OAuth, a.Verdict, want)
			}
		}
	}
}
