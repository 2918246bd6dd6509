package guide

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGoldenPages(t *testing.T) {
	cloud, own := packagist(t), ownApplication(t)
	for name, q := range map[string]Query{
		"incoming-oauth1":        {Step: "incoming", Version: "7.17", OAuth: core.OAuth1, Application: cloud},
		"create-link-10.2":       {Step: "create-link", Version: "10.2", OAuth: core.OAuth1, Application: own},
		"create-link-oauth2":     {Step: "create-link", Version: "9.4", OAuth: core.OAuth2, Application: cloud},
		"create-link-oauth2-own": {Step: "create-link", Version: "9.4", OAuth: core.OAuth2, Application: own},
		"moving-form":            {Step: "form", Version: "9.4", OAuth: core.OAuth2, Application: cloud},
		"moving-callback":        {Step: "callback", Version: "9.4", OAuth: core.OAuth2, Application: cloud},
		"moving-create-link":     {Step: "create-link", Version: "9.4", OAuth: core.OAuth2, Application: own},
		"moving-finish":          {Step: "finish", Version: "9.4", OAuth: core.OAuth2, Application: cloud},
		"application-is-new":     {Step: "application"},
	} {
		if q.Application.ID != "" {
			q.Values = known(q.Application, q.OAuth)
			delete(q.Values, "rotating")
			if !strings.HasPrefix(name, "moving-") {
				delete(q.Values, "migrating")
			}
		}
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, pageText(p))
	}
}

func TestGoldenProblem(t *testing.T) {
	p := Problem(finding.PublicKeyMismatch.With("applink-3f9c2e71", ""))
	text := fmt.Sprintf("%s  %s\n", p.Title, p.Code)
	for _, s := range []struct {
		name   string
		blocks []Block
	}{{"What", p.What}, {"Why", p.Why}, {"Do this", p.Do}, {"Confirm", p.Confirm}} {
		text += "\n" + s.name + "\n" + Plain(s.blocks, pageWidth) + "\n"
	}
	golden(t, "problem", text)
}

func pageText(p Page) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s (%s, %s, looks: %d)\n", p.Title, p.Short, p.Versions, p.Looks)
	fmt.Fprintf(&s, "source: %s\nopen: %s %s\n\n%s\n\n", p.Source, p.OpenIn, p.OpenURL, Plain(p.Blocks, pageWidth))
	for _, v := range p.Values {
		fmt.Fprintf(&s, "value %d %s (%d lines): %q\n", v.Number, v.Label, v.Lines, v.Text)
	}
	if p.Mock != nil {
		for _, r := range p.Mock.Rows {
			fmt.Fprintf(&s, "%s | %s | %q | %s | %d\n", r.Kind, r.Label, r.Value, r.Note, r.Number)
		}
	}
	for _, field := range []core.Field{core.FieldApplication, core.FieldName, core.FieldPurpose, core.FieldClientID} {
		if a, ok := p.Asks[field]; ok {
			fmt.Fprintf(&s, "ask %s: %s\n  %s\n", field, a.Title, a.Help)
		}
	}
	return s.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func BenchmarkFirstPage(b *testing.B) {
	q := Query{Step: "incoming", OAuth: core.OAuth1}
	for b.Loop() {
		cache.variants = nil
		if _, err := Find(q); err != nil {
			b.Fatal(err)
		}
	}
}
