package guide

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"applink/assets"
	"applink/core"
	"applink/core/finding"
	"applink/core/setup"
)

// samples are long, since long ones have to fit too.
var samples = map[string]string{
	"url":  "https://bitbucket.research-and-development.example.com/bitbucket/rest/api/1.0",
	"host": "bitbucket.research-and-development.example.com", "base": "https://git.example.com/bitbucket",
	"to": "https://login.example.com/adfs/ls?wa=wsignin1.0", "title": "Sign in to your account",
	"names":   "git.example.com, *.apps.example.com, bitbucket.example.org",
	"address": "bitbucket.research-and-development.example.com:8443", "origin": "https://bitbucket.research-and-development.example.com:8443",
	"gate": "Microsoft Entra application proxy", "how": `Negotiate, NTLM, Basic "Intranet of Example"`, "authority": "Example Corporation Issuing CA 7",
	"issuer": "CN=Example Corporation Internal Issuing CA 7", "path": "/home/maria/.local/share/applink/applink.db",
	"subject": "CN=bitbucket.research-and-development.example.com,O=Example Corporation",
	"log":     "/home/maria/.local/share/applink/applink.db-wal",
	"key":     "applink-3f9c2e71", "part": "scheme", "ours": "https", "theirs": "http", "difference": "7 min 12 s",
	"redirect": "https://localhost:43871/callback", "scope": "PUBLIC_REPOS REPO_READ", "id": "5f1c0e8a7b2d4963a1e0c7d5b8f24690",
	"why": "the body is a form with a charset", "choices": "data-center, cloud",
}

// catalogued calls f for every kind of finding with the values of its particulars.
// What is internal has the general page.
func catalogued(t *testing.T, f func(t *testing.T, found *core.Finding)) {
	t.Helper()
	for _, kind := range finding.All() {
		if kind == finding.Internal.Kind {
			continue
		}
		params := map[string]string{}
		for _, name := range kind.Params() {
			params[name] = "the " + name
			if s := samples[name]; s != "" {
				params[name] = s
			}
		}
		t.Run(kind.String(), func(t *testing.T) { f(t, core.NewFinding(kind.Code(), params)) })
	}
}

// A remedy names a question or a step of the set-up, and a particular of its finding.
func TestRemedies(t *testing.T) {
	n := 0
	for _, kind := range finding.All() {
		head, _, err := readProblem(kind.Code())
		if kind == finding.Internal.Kind {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		r := head.Remedy
		if _, _, ok := setup.Find(r.Field); r.Field != "" && !ok {
			t.Errorf("%s: %q is no question", kind, r.Field)
		}
		if r.Step != "" && !slices.ContainsFunc(setup.Steps(), func(st setup.Step) bool { return st.ID == r.Step }) {
			t.Errorf("%s: %q is no step", kind, r.Step)
		}
		if r.Answer != "" && (r.Field == "" || !slices.Contains(kind.Params(), r.Answer)) {
			t.Errorf("%s: %q is no particular that answers a question", kind, r.Answer)
		}
		if r.Field != "" || r.Step != "" {
			n++
		}
	}
	if n == 0 {
		t.Error("no finding has a remedy")
	}
}

func TestEveryFindingHasAPage(t *testing.T) {
	catalogued(t, func(t *testing.T, f *core.Finding) {
		p, err := problem(f)
		if err != nil {
			t.Fatal(err)
		}
		if p.Code != f.Code || p.Title == "" || len(p.What) == 0 || len(p.Why) == 0 || len(p.Do) == 0 || len(p.Confirm) == 0 {
			t.Fatalf("a part is missing: %+v", p)
		}
		words := p.Title
		lines := 1
		for _, section := range [][]Block{p.What, p.Why, p.Do, p.Confirm} {
			for _, b := range section {
				if b.Kind == Heading {
					t.Errorf("heading %q is none of the page's", b)
				}
			}
			text := Plain(section, 65)
			lines += strings.Count(text, "\n") + 1
			words += "\n" + text
		}
		if room := 19; lines > room {
			t.Errorf("%d lines, at most %d fit:\n%s", lines, room, words)
		}
		if len(p.Title) > 60 && !strings.Contains(p.Title, samples["host"]) {
			t.Errorf("the title is long: %s", p.Title)
		}
		for _, left := range []string{"{{", "}}", "<no value>", "(unknown)", placeOpen, placeClose} {
			if strings.Contains(words, left) {
				t.Errorf("%q is left over in:\n%s", left, words)
			}
		}
	})
}

var particular = regexp.MustCompile(`(?:v|has|is|label) "([a-z]+)"|if \.([a-z]+)`)

func TestPagesUseOnlyParticularsOfTheirCode(t *testing.T) {
	catalogued(t, func(t *testing.T, f *core.Finding) {
		source, err := fs.ReadFile(assets.FS, "problem/"+string(f.Code)+".md")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range particular.FindAllStringSubmatch(string(source), -1) {
			if name := m[1] + m[2]; f.Params[name] == "" {
				t.Errorf("%q is no particular of the code", name)
			}
		}
	})
}

func TestNoPageWithoutAKind(t *testing.T) {
	pages, err := fs.Glob(assets.FS, "problem/*")
	if err != nil {
		t.Fatal(err)
	}
	if kinds := len(finding.All()) - 1; len(pages) != kinds {
		t.Errorf("%d pages for %d kinds of findings", len(pages), kinds)
	}
}

func TestProxySettingsAreNamed(t *testing.T) {
	for part, want := range map[string]string{
		"scheme": "server.scheme and server.secure", "host": "server.proxy-name", "port": "server.proxy-port",
		"path": "Base URL", "parameters": "unchanged", "": "server.secure",
	} {
		p := Problem(finding.BaseStringMismatch.With(part, "a", "b"))
		if text := Plain(p.Do, 1000); !strings.Contains(text, want) || len(p.Do) != 1 {
			t.Errorf("part %q: no %q in %s", part, want, text)
		}
	}
}

// Particulars that an answer may lack leave no gap in the page.
func TestPagesOfWhatIsNotKnown(t *testing.T) {
	for _, tt := range []struct {
		f       *core.Finding
		want    []string
		without []string
	}{
		{finding.PublicKeyMismatch.With("k", "key"), []string{"no proxy is to blame"}, []string{"server.proxy-name"}},
		{finding.PublicKeyMismatch.With("k", "unknown"), []string{"A proxy in front of Bitbucket", "server.proxy-name"}, []string{"no proxy"}},
		{finding.KeySizeMismatch.With("", "", ""), []string{"may hold", "without a cause", "a failure just now"}, []string{"bits"}},
		{finding.KeySizeMismatch.With("2048", "Bad signature length", ""), []string{"holds", "2048 bits"}, []string{"may hold", "a failure"}},
		{finding.KeySizeMismatch.With("", "", "1024"), []string{"holds", "1024 bits", "without a cause"}, []string{"may hold", "a failure", "given here"}},
		{finding.ClockSkew.With("", "", "", "", "10:00:00 UTC"), []string{"did not say"}, []string{"accepts 1", "minutes"}},
		{finding.ClockSkew.With("1 h", "", "", "11:00:00 UTC", "10:00:00 UTC"), []string{"by 1 h", "Its clock says 11:00:00"}, []string{"accepts"}},
		{finding.WrongVerifier.With(""), []string{"does not accept the code", "mistyped"}, []string{"not sent"}},
		{finding.WrongVerifier.With("nothing was entered"), []string{"not sent to Bitbucket: nothing was entered."}, []string{"mistyped", "does not accept"}},
		{finding.RefusedWithoutReason.With("401", "", ""), []string{"named no cause", "A gateway"}, []string{"said only", "no licence"}},
		{finding.RefusedWithoutReason.With("401", "", "yes"), []string{"no licence", "are reported", "as that user"}, []string{"A gateway"}},
		{finding.SignedCallHTML.With("https://h", ""), []string{"gave a page where"}, []string{"called", "link itself works"}},
		{finding.ParameterRejected.With("oauth_nonce", ""), []string{"oauth_nonce"}, []string{"It says"}},
		{finding.VersionRejected.With(""), []string{"version_rejected"}, []string{"accepts"}},
		{finding.UnknownConsumerKey.With("k"), []string{"External application", "Outgoing Authentication", "Link applications"}, nil},
		{finding.InvalidClient.With(""), []string{"changed places"}, nil},
		{finding.RedirectMismatch.With(""), []string{"the application's own"}, []string{"It was sent as"}},
		{finding.RedirectMismatch.With("https://a/b"), []string{"It was sent as https://a/b", "the value above"}, nil},
		{finding.OAuth2ErrorPage.With("5f1c", "https://a/b", "right", "", ""), []string{"not to blame", "https://a/b", "No answer comes back"}, []string{"5f1c", "answered"}},
		{finding.OAuth2ErrorPage.With("5f1c", "https://a/b", "unknown", "", ""), []string{"No link has the Client ID 5f1c"}, []string{"not to blame"}},
		{finding.OAuth2ErrorPage.With("", "", "", "Oops", "400"), []string{"answered HTTP 400: Oops", "this Client ID"}, []string{"The browser ends"}},
		{finding.OAuth2ErrorPage.With("", "", "", "", "400"), []string{"answered HTTP 400"}, []string{"400:"}},
		{finding.ServerError.With("500", ""), []string{"HTTP 500."}, []string{"said"}},
		{finding.CaptchaRequired.With("403", "CAPTCHA_CHALLENGE", ""), []string{"solve the CAPTCHA."}, nil},
	} {
		p := Problem(tt.f)
		text := p.Title
		for _, section := range [][]Block{p.What, p.Why, p.Do, p.Confirm} {
			text += "\n" + Plain(section, 1000)
		}
		for _, s := range tt.want {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", tt.f.Code, s, text)
			}
		}
		for _, s := range append(tt.without, "(unknown)", " ,", " .") {
			if strings.Contains(text, s) {
				t.Errorf("%s: %q in\n%s", tt.f.Code, s, text)
			}
		}
	}
}

func TestUnknownFindingHasAGeneralPage(t *testing.T) {
	for _, f := range []*core.Finding{nil, {}, {Code: "AL-NONE-999", Raw: "disk full"}, {Code: "../../x"}} {
		p := Problem(f)
		if p.Title == "" || len(p.What) == 0 || len(p.Do) == 0 {
			t.Errorf("%v: a part is missing: %+v", f, p)
		}
		if f != nil && !strings.Contains(Plain(p.What, 80), f.Raw) {
			t.Errorf("the cause %q is not told", f.Raw)
		}
	}
	if _, err := problem(&core.Finding{Code: "AL-NONE-999"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that the file does not exist", err)
	}
}
