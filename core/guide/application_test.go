package guide

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
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
		for o, p := range a.Profiles {
			if p.Source == "" || p.TrueFor == "" {
				t.Errorf("%s over %s: no source, or not of when", a.ID, o)
			}
			if len(p.Open) > 0 && p.Unsure == "" {
				t.Errorf("%s over %s: %v are open, and nothing says why", a.ID, o, p.Open)
			}
			if a.Holder == core.HeldHere && a.ID != "own" && (p.Deliver == "" || p.Finish == "") {
				t.Errorf("%s over %s: nothing says where its credentials go", a.ID, o)
			}
		}
		if len(a.About) > 36 {
			t.Errorf("%s: the line %q has no room in the list", a.ID, a.About)
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
	if want := []string{"packagist-cloud", "packagist-self-hosted", "own"}; !slices.Equal(ids[:3], want) {
		t.Errorf("applications are %v, want %v first", ids, want)
	}
	if len(apps) < 3+16 {
		t.Errorf("only %d applications are known", len(apps))
	}
	if url := apps[0].URL; url != "https://packagist.com" {
		t.Errorf("Private Packagist Cloud is at %q", url)
	}
	if got := apps[2].Profiles[core.OAuth2].Permissions[core.PurposeSignIn]; len(got) != 0 {
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

// A folder adds applications after those that are known, and a wrong file is told by its
// line.
func TestOwnApplications(t *testing.T) {
	const good = `name = "Build farm"
holder = "here"
default-name = "CI"

[oauth1]
export = "pkcs1"
deliver = """
Put it into {{v "app-url"}}."""

[oauth2]
callback = "{app}/oauth/callback"
open = ["callback"]
copy = ["client-id"]

[oauth2.permissions]
sync = ["Repositories: Write", "Projects: Admin"]
`
	folder := func(name, text string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	apps, err := Applications(filepath.Join(t.TempDir(), "none"), folder("ci.toml", good))
	if err != nil || apps[len(apps)-1].ID != "ci" || apps[len(apps)-1].Profiles[core.OAuth1].Export != "pkcs1" || apps[0].ID != "packagist-cloud" {
		t.Fatalf("%v, %+v", err, apps)
	}
	for name, tt := range map[string]struct{ file, from, to, line string }{
		"syntax":         {"ci.toml", `holder = "here"`, `holder = here`, "2"},
		"unknown key":    {"ci.toml", `callback =`, `calback =`, "11"},
		"holder":         {"ci.toml", `"here"`, `"there"`, "2"},
		"export":         {"ci.toml", `"pkcs1"`, `"pkcs2"`, "6"},
		"box":            {"ci.toml", `Projects: Admin`, `Projects: Write`, "16"},
		"template":       {"ci.toml", `{{v "app`, `{{w "app`, "7"},
		"left open":      {"ci.toml", `["callback"]`, `["purpose"]`, "12"},
		"value":          {"ci.toml", `["client-id"]`, `["client-idd"]`, "13"},
		"no protocol":    {"ci.toml", good[strings.Index(good, "[oauth1]"):], ``, "1"},
		"name":           {"ci.toml", `default-name = "CI"`, ``, "1"},
		"a name of ours": {"own.toml", ``, ``, "1"},
	} {
		_, err := Applications(folder(tt.file, strings.Replace(good, tt.from, tt.to, 1)))
		var f *core.Finding
		if !errors.As(err, &f) || !f.Is(finding.ApplicationUnreadable) || f.Params["line"] != tt.line || f.Params["path"] != tt.file {
			t.Errorf("%s: %v %+v", name, err, f)
		}
	}
}

// The boxes that an application wants are ticked, and drawn though the others are left out.
func TestPermissionsAreTicked(t *testing.T) {
	m, err := draw("incoming-link", nil, words{values: map[string]string{"permissions": "Projects: Admin, Repositories: Write"}, label: func(s string) string { return s }})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(MockLines(m, false), "\n")
	if !strings.Contains(text, "Boxes under Projects: Admin: tick it") || !strings.Contains(text, "Boxes under Repositories: Read: leave it unticked, Write: tick it, Admin: leave it unticked") || strings.Contains(text, "Account") {
		t.Error(text)
	}
}
