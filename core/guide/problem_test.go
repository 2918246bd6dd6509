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
)

// catalogue lists every code with the particulars that its findings carry.
const catalogue = `
MOVE-001 name why
MOVE-002 vendor name
MOVE-003 name why
MOVE-004 name key
MOVE-005 name why
MOVE-006
MOVE-007 name slug what
MOVE-008 name why
MOVE-009 name why
MOVE-010 name
MOVE-011 name slug move why
MOVE-012 name slug field old new lost
MOVE-013 name slug base
MOVE-014 name slug oauth why
MOVE-015 name slug
MOVE-016 name slug
MOVE-017 name other key
URL-001 url
URL-002 value
URL-003 value base
URL-004 value base
URL-005
URL-006 value base
URL-007 value host
URL-008 value
URL-009 value expected
URL-010 value part
URL-011 value base
URL-012 value
URL-013 host
NET-001 host
NET-002 address
NET-003 host origin after
NET-004 proxy
NET-005 host origin
NET-006 url https
NET-007 proxy how
TLS-001 host address issuer
TLS-002 host names
TLS-003 host until
TLS-004 host days
TLS-005 host address
TLS-006 path
TLS-007 host address
TLS-008 host address what
TLS-009 host address
TLS-010 host authority
TLS-011 host issuer
TLS-012 host address why
TLS-013 host address why
TLS-014 host names
TLS-015 host authority until
HTTP-001 url to
HTTP-002 url title
HTTP-003 url
HTTP-004 status message
HTTP-005 status
HTTP-006 after
HTTP-007 url to base
HTTP-008 limit
HTTP-009 status
HTTP-010 status message
HTTP-011 url status gate how
HTTP-012 url status gate title
HTTP-013 url base
HTTP-014 status gate
HTTP-020 status message login
HTTP-021 status message
HTTP-022 status message login
HTTP-030 value why
PRODUCT-001 url
PRODUCT-002 url
PRODUCT-003 url product
PRODUCT-004 version
PRODUCT-005 version until source
PRODUCT-006 version until source
PRODUCT-007 expansion readonly
OAUTH-001 key
OAUTH-002 key cause
OAUTH-003 part ours theirs
OAUTH-004 bits said held
OAUTH-005 key
OAUTH-006
OAUTH-007 difference from to theirs ours
OAUTH-008
OAUTH-009 names
OAUTH-010
OAUTH-011
OAUTH-012
OAUTH-013 unsent
OAUTH-014
OAUTH-015 status message
OAUTH-016
OAUTH-017
OAUTH-018
OAUTH-019 after
OAUTH-020
OAUTH-021 url title
OAUTH-023
OAUTH-024 address
OAUTH-026 after what
OAUTH-027 names advice
OAUTH-028 versions
OAUTH-029
OAUTH-030
OAUTH2-001 id
OAUTH2-002 age
OAUTH2-003
OAUTH2-004 at
OAUTH2-005 redirect
OAUTH2-006 scope
OAUTH2-007
OAUTH2-008
OAUTH2-009 url
OAUTH2-010 status
OAUTH2-011 missing
OAUTH2-012
OAUTH2-013 age
OAUTH2-014 after
OAUTH2-015 status
OAUTH2-016
OAUTH2-017 address
OAUTH2-018 status
OAUTH2-019
OAUTH2-020 id redirect client title status
OAUTH2-021
OAUTH2-022 after what
KEY-001 missing
KEY-002 application
KEY-003 application
KEY-004 application
KEY-005
KEY-006
KEY-007 bits
KEY-008
KEY-009 until
KEY-010
KEY-011 names
KEY-012 type application
KEY-013
KEY-014
KEY-015
KEY-016 path
KEY-017 what command application
KEY-018 form
KEY-019 what left
KEY-020 what
KEY-021 path
KEY-022 bits least application
KEY-030 text
STORE-001 source
STORE-002 path mode
STORE-003 path
STORE-004 path
STORE-005 name
STORE-006 name
STORE-007 path
STORE-008 source
STORE-009 name
STORE-010 name
STORE-011 path
STORE-012 path
STORE-013 path
STORE-014 path size
STORE-015 path log
STORE-016
STORE-017 name slug
STORE-018 path
STORE-019 path
STORE-020 path subject
STORE-021 name slug
STORE-022 path whole damaged
STORE-023 path
STORE-024 path
STORE-025 names
STORE-026 source
STORE-027 name slug
INPUT-001 flag
INPUT-002 value choices
INPUT-003 value
INPUT-004 value why
INPUT-005 value
INPUT-006 why
INPUT-007 what
`

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

// catalogued calls f for every code with the values of its particulars.
func catalogued(t *testing.T, f func(t *testing.T, finding *core.Finding)) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(catalogue), "\n") {
		words := strings.Fields(line)
		params := map[string]string{}
		for _, name := range words[1:] {
			params[name] = "the " + name
			if s := samples[name]; s != "" {
				params[name] = s
			}
		}
		finding := &core.Finding{Code: core.Code("AL-" + words[0]), Params: params}
		t.Run(words[0], func(t *testing.T) { f(t, finding) })
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

func TestNoPageWithoutACode(t *testing.T) {
	names, err := fs.Glob(assets.FS, "problem/*")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(catalogue), "\n")
	if len(names) != len(lines) {
		t.Errorf("%d pages for %d codes", len(names), len(lines))
	}
	if !slices.IsSorted(names) {
		t.Error("the list of files is not sorted")
	}
}

func TestProxySettingsAreNamed(t *testing.T) {
	for part, want := range map[string]string{
		"scheme": "server.scheme and server.secure", "host": "server.proxy-name", "port": "server.proxy-port",
		"path": "Base URL", "parameters": "unchanged", "": "server.secure",
	} {
		p := Problem(core.Find("AL-OAUTH-003", "", "part", part, "ours", "a", "theirs", "b"))
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
		{core.Find("AL-OAUTH-002", "", "key", "k", "cause", "key"), []string{"no proxy is to blame"}, []string{"server.proxy-name"}},
		{core.Find("AL-OAUTH-002", "", "key", "k", "cause", "unknown"), []string{"A proxy in front of Bitbucket", "server.proxy-name"}, []string{"no proxy"}},
		{core.Find("AL-OAUTH-004", ""), []string{"may hold", "without a cause", "a failure just now"}, []string{"bits"}},
		{core.Find("AL-OAUTH-004", "", "bits", "2048", "said", "Bad signature length"), []string{"holds", "2048 bits"}, []string{"may hold", "a failure"}},
		{core.Find("AL-OAUTH-004", "", "held", "1024"), []string{"holds", "1024 bits", "without a cause"}, []string{"may hold", "a failure", "given here"}},
		{core.Find("AL-OAUTH-007", "", "ours", "10:00:00 UTC"), []string{"did not say"}, []string{"accepts 1", "minutes"}},
		{core.Find("AL-OAUTH-007", "", "difference", "1 h", "theirs", "11:00:00 UTC", "ours", "10:00:00 UTC"), []string{"by 1 h", "Its clock says 11:00:00"}, []string{"accepts"}},
		{core.Find("AL-OAUTH-013", ""), []string{"does not accept the code", "mistyped"}, []string{"not sent"}},
		{core.Find("AL-OAUTH-013", "", "unsent", "nothing was entered"), []string{"not sent to Bitbucket: nothing was entered."}, []string{"mistyped", "does not accept"}},
		{core.Find("AL-OAUTH-015", "", "status", "401"), []string{"named no cause"}, []string{"said only"}},
		{core.Find("AL-OAUTH-021", "", "url", "https://h"), []string{"gave a page where"}, []string{"called", "link itself works"}},
		{core.Find("AL-OAUTH-027", "", "names", "oauth_nonce"), []string{"oauth_nonce"}, []string{"It says"}},
		{core.Find("AL-OAUTH-028", ""), []string{"version_rejected"}, []string{"accepts"}},
		{core.Find("AL-OAUTH-001", "", "key", "k"), []string{"External application", "Outgoing Authentication", "Link applications"}, nil},
		{core.Find("AL-OAUTH2-001", ""), []string{"changed places"}, nil},
		{core.Find("AL-OAUTH2-005", ""), []string{"the application's own"}, []string{"It was sent as"}},
		{core.Find("AL-OAUTH2-005", "", "redirect", "https://a/b"), []string{"It was sent as https://a/b", "the value above"}, nil},
		{core.Find("AL-OAUTH2-020", "", "id", "5f1c", "redirect", "https://a/b", "client", "right"), []string{"not to blame", "https://a/b", "No answer comes back"}, []string{"5f1c", "answered"}},
		{core.Find("AL-OAUTH2-020", "", "id", "5f1c", "redirect", "https://a/b", "client", "unknown"), []string{"No link has the Client ID 5f1c"}, []string{"not to blame"}},
		{core.Find("AL-OAUTH2-020", "", "status", "400", "title", "Oops"), []string{"answered HTTP 400: Oops", "this Client ID"}, []string{"The browser ends"}},
		{core.Find("AL-OAUTH2-020", "", "status", "400"), []string{"answered HTTP 400"}, []string{"400:"}},
		{core.Find("AL-HTTP-004", "", "status", "500"), []string{"HTTP 500."}, []string{"said"}},
		{core.Find("AL-HTTP-020", "", "status", "403", "message", "CAPTCHA_CHALLENGE"), []string{"solve the CAPTCHA."}, nil},
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
