package guide

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"applink/core"
)

// A page has to leave room on 80x24 for the title, the steps, the values, the
// proof and the keys.
const (
	pageWidth   = 76
	pageLines   = 14
	besideLines = 10 // above a drawing; notes stand below it
	allLines    = 18 // with a drawing's notes, which may have to be scrolled to
)

func TestEveryStepHasAPage(t *testing.T) {
	everyQuery(t, func(t *testing.T, q Query) {
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		all, lead := pageLines, pageLines
		if p.Mock != nil {
			all, lead = allLines, besideLines
		}
		fits(t, p.Blocks, all)
		if note := slices.IndexFunc(p.Blocks, func(b Block) bool { return b.Kind == Note }); note >= 0 {
			fits(t, p.Blocks[:note], lead)
		} else {
			fits(t, p.Blocks, lead)
		}
		if p.Title == "" || p.Source == "" || p.Versions == "" || len(p.Blocks) == 0 {
			t.Errorf("title %q, source %q, versions %q, %d blocks: one is empty", p.Title, p.Source, p.Versions, len(p.Blocks))
		}
		if p.Short == "" || len(p.Short) > 11 {
			t.Errorf("short is %q, it has to have 1 to 11 letters", p.Short)
		}
		if (p.OpenURL == "") != (p.OpenIn == "") {
			t.Errorf("opens %q in %q", p.OpenURL, p.OpenIn)
		}
		filled(t, everyWord(p))
	})
}

func fits(t *testing.T, blocks []Block, room int) {
	t.Helper()
	text := Plain(blocks, pageWidth)
	if n := strings.Count(text, "\n") + 1; n > room {
		t.Errorf("%d lines, at most %d fit:\n%s", n, room, text)
	}
}

// filled fails when a template, a place or a label in parentheses was left over.
func filled(t *testing.T, text string) {
	t.Helper()
	for _, left := range []string{"{{", "}}", "<no value>", "(unknown)", placeOpen, placeClose, "  "} {
		if strings.Contains(text, left) {
			t.Errorf("%q is left over in:\n%s", left, text)
		}
	}
	for name := range labels {
		if strings.Contains(text, "("+labelOf(name)+")") || strings.Contains(text, "{"+name+"}") {
			t.Errorf("%q is not filled in:\n%s", name, text)
		}
	}
}

// everyWord joins all that a page says.
func everyWord(p Page) string {
	words := []string{p.Title, p.OpenURL, p.OpenIn, p.Source, p.Asking, p.Proved, p.Weak}
	for _, b := range p.Blocks {
		words = append(words, b.String())
	}
	for _, a := range p.Asks {
		words = append(words, a.Title, a.Help, a.Example, a.Placeholder)
		for _, o := range a.Options {
			words = append(words, o.Label, o.Note)
		}
	}
	if p.Mock != nil {
		for _, r := range p.Mock.Rows {
			words = append(words, r.Label, r.Value, r.Note)
		}
	}
	return strings.Join(words, "\n")
}

func TestLooksAreUnambiguous(t *testing.T) {
	everyQuery(t, func(t *testing.T, q Query) {
		all, err := variantsOf(q.Step)
		if err != nil {
			t.Fatal(err)
		}
		looks := looksFor(q, all)
		fit := 0
		for _, v := range looks {
			if v.versions.fits(q.Version) {
				fit++
			}
		}
		if q.Version.Known() && fit > 1 {
			t.Errorf("%d pages fit", fit)
		}
	})
}

func TestFindPicksTheLook(t *testing.T) {
	app := packagist(t)
	for _, c := range []struct {
		version core.Version
		oauth   core.OAuth
		look    int
		want    string
	}{
		{"7.17", core.OAuth1, 0, `Press Create new link`},
		{"7.20", core.OAuth1, 0, `Atlassian product: choose it (or "... via OAuth 1.0"`},
		{"9.4", core.OAuth1, 0, `Atlassian product: choose it (or "... via OAuth 1.0"`},
		{"10.1", core.OAuth1, 0, `Atlassian product via OAuth 1.0: choose it (not 2.0`},
		{"", core.OAuth1, 0, `Atlassian product via OAuth 1.0: choose it (not 2.0`},
		{"10.1", core.OAuth1, 1, `Atlassian product: choose it (or "... via OAuth 1.0"`},
		{"10.1", core.OAuth1, 2, `Press Create new link`},
		{"10.1", core.OAuth1, 3, `Atlassian product via OAuth 1.0: choose it (not 2.0`},
		{"7.17", core.OAuth1, 1, `Atlassian product via OAuth 1.0: choose it (not 2.0`},
		{"7.17", core.OAuth1, -1, `Atlassian product: choose it (or "... via OAuth 1.0"`},
		{"8.19", core.OAuth2, 0, `External application: choose it`},
		{"7.17", core.OAuth2, 0, `External application: choose it`},
	} {
		p, err := Find(Query{Step: "create-link", Version: c.version, OAuth: c.oauth, Application: app, Look: c.look})
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(MockLines(p.Mock, true), "\n"); !strings.Contains(text, c.want) {
			t.Errorf("version %q, %s, look %d: no %s in\n%s", c.version, c.oauth, c.look, c.want, text)
		}
	}
}

func TestNoPageForWhatDoesNotApply(t *testing.T) {
	app := packagist(t)
	for _, q := range []Query{
		{Step: "keys", OAuth: core.OAuth2, Application: app},
		{Step: "authorize", OAuth: core.OAuth1, Application: app},
		{Step: "no-such-step"},
	} {
		if _, err := Find(q); !errors.Is(err, ErrNoPage) {
			t.Errorf("%s: %v, want no page", q.Step, err)
		}
	}
}

func TestValuesAreNumberedAndWhole(t *testing.T) {
	app := packagist(t)
	q := Query{Step: "incoming", OAuth: core.OAuth1, Application: app, Values: known(app, core.OAuth1)}
	p, err := Find(q)
	if err != nil {
		t.Fatal(err)
	}
	want := []Value{
		{1, "client-id", "Consumer Key", "applink-3f9c2e71", 1, false},
		{2, "consumer-name", "Consumer Name", "Private Packagist", 1, false},
		{3, "public-key", "Public Key", publicKey, 3, false},
	}
	if len(p.Values) != len(want) {
		t.Fatalf("%d values, want %d", len(p.Values), len(want))
	}
	for i := range want {
		if p.Values[i] != want[i] {
			t.Errorf("value %d is %+v, want %+v", i, p.Values[i], want[i])
		}
	}
	delete(q.Values, "client-id")
	if p, _ = Find(q); p.Values[0].Name != "consumer-name" || p.Values[0].Number != 1 {
		t.Errorf("an unknown value is not left out: %+v", p.Values)
	}
}

// The Markdown parser must not see what a value holds.
func TestValuesAreNotMarkdown(t *testing.T) {
	app := packagist(t)
	const name = "*a* [b](c) `d` <e> {{v \"slug\"}} \uE000slug\uE001"
	values := known(app, core.OAuth1)
	values["name"] = name
	values["application"] = app.Name
	for _, step := range []core.StepID{"finish", "done"} {
		p, err := Find(Query{Step: step, OAuth: core.OAuth1, Application: app, Values: values})
		if err != nil {
			t.Fatal(err)
		}
		if text := p.Title + "\n" + Plain(p.Blocks, 1000); !strings.Contains(text, name) {
			t.Errorf("the name came out as\n%s", text)
		}
	}
}

func TestUnknownValueBearsItsName(t *testing.T) {
	p, err := Find(Query{Step: "create-link", Version: "7.17", OAuth: core.OAuth1, Application: packagist(t)})
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(MockLines(p.Mock, true), "\n"); !strings.Contains(text, "want to link: (Application URL)") {
		t.Error(text)
	}
	if len(p.Values) != 0 {
		t.Errorf("values that are not known: %+v", p.Values)
	}
}

func TestNothingToOpenWithoutItsURL(t *testing.T) {
	q := Query{Step: "form", OAuth: core.OAuth1, Application: packagist(t)}
	for _, c := range []struct{ values, want string }{{"", ""}, {"app-url", "https://a"}, {"form-url", "https://a"}} {
		q.Values = map[string]string{c.values: "https://a"}
		if p, err := Find(q); err != nil || p.OpenURL != c.want || (p.OpenIn == "") != (c.want == "") {
			t.Errorf("with %q it opens %q in %q, %v", c.values, p.OpenURL, p.OpenIn, err)
		}
	}
}

// No permission at all is an answer, not a gap.
func TestNoPermissionsMeansNothingTicked(t *testing.T) {
	p, err := Find(Query{Step: "create-link", OAuth: core.OAuth2, Application: ownApplication(t)})
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(MockLines(p.Mock, true), "\n"); !strings.Contains(text, "Application permissions: tick nothing") || strings.Contains(text, ": tick it") {
		t.Error(text)
	}
}

func TestShort(t *testing.T) {
	for step, want := range map[core.StepID]string{"base-url": "Server", "done": "Done", "no-such-step": "no-such-step"} {
		if got := Short(step); got != want {
			t.Errorf("Short(%s) = %q, want %q", step, got, want)
		}
	}
}

func packagist(t *testing.T) core.Application      { return applicationAt(t, 0) }
func ownApplication(t *testing.T) core.Application { return applicationAt(t, 2) }

func applicationAt(t *testing.T, i int) core.Application {
	t.Helper()
	apps, err := Applications()
	if err != nil {
		t.Fatal(err)
	}
	return apps[i]
}
