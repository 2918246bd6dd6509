package guide

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"applink/assets"
	"applink/core"
)

// An application's name may be a common noun; it is written so inside a sentence only.
func TestApplicationsAreMentionedAsTheSentenceWants(t *testing.T) {
	begun := regexp.MustCompile(`(?m)(^|[.!?] )your own application`)
	within := regexp.MustCompile(`[\w,;:] Your own application`)
	everyQuery(t, func(t *testing.T, q Query) {
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		text := everyWord(p)
		for _, wrong := range []*regexp.Regexp{begun, within} {
			if m := wrong.FindString(text); m != "" {
				t.Errorf("%q in\n%s", m, text)
			}
		}
	})
}

// Applications, servers, links and users all have tokens: a text says whose.
func TestTokensAreSaidToBeWhose(t *testing.T) {
	theirs := regexp.MustCompile(`(?i)\bits (access |refresh )?tokens?\b`)
	for _, folder := range []string{"guide", "problem", "application"} {
		err := fs.WalkDir(assets.FS, folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(assets.FS, path)
			if m := theirs.Find(text); m != nil {
				t.Errorf("%s: %q", path, m)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A link that was set up by hand is complete: its pages ask what it has, and have
// nothing saved or made.
func TestNothingIsMadeForAnAdoptedLink(t *testing.T) {
	making := regexp.MustCompile(`"Save( Integration)?"|"Create link"|that Bitbucket shows\.|applink makes|slower to make`)
	everyQuery(t, func(t *testing.T, q Query) {
		if q.Values["adopted"] == "" {
			return
		}
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		if m := making.FindString(everyWord(p)); m != "" {
			t.Errorf("%q in\n%s", m, everyWord(p))
		}
	})
}

// A rotation keeps the Client ID, and the key is none before its size is chosen.
func TestKeysOfARotation(t *testing.T) {
	for _, bits := range []string{"", "3072"} {
		q := Query{Step: "keys", OAuth: core.OAuth1, Application: ownApplication(t), Values: map[string]string{
			"name": "Build farm", "client-id": "ci", "key-bits": bits, "rotating": "yes"}}
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		text := Plain(p.Blocks, 1000)
		if !strings.Contains(text, "Client ID stays as it is") || strings.Contains(text, "(key size)") || strings.Contains(text, "made a Client ID") {
			t.Errorf("with %q bits:\n%s", bits, text)
		}
	}
}

// The end tells of a proof only where there was one.
func TestDoneClaimsNoProofThatWasNotMade(t *testing.T) {
	for _, values := range []map[string]string{{"callback-local": "https://localhost/x"},
		{"callback-local": "https://localhost/x", "callback-left": "https://app.example/cb"}, {}} {
		p, err := Find(Query{Step: "done", OAuth: core.OAuth2, Application: ownApplication(t), Values: values})
		if err != nil {
			t.Fatal(err)
		}
		if text := Plain(p.Blocks, 1000); strings.Contains(text, "proof") || !strings.Contains(text, "not proved") {
			t.Error(text)
		}
	}
}

// A name that nobody gave is neither drawn nor named by its label.
func TestUnknownNamesAreNotInvented(t *testing.T) {
	app := ownApplication(t)
	for _, step := range []core.StepID{"incoming", "authorize", "retire"} {
		for _, version := range lookedAt {
			q := Query{Step: step, Version: version, OAuth: core.OAuth1, Application: app, Values: known(app, core.OAuth1)}
			q.Values["in-use"] = "OAuth 2"
			delete(q.Values, "link-name")
			delete(q.Values, "consumer-name")
			p, err := Find(q)
			if err != nil {
				t.Fatal(err)
			}
			text := Plain(p.Blocks, 1000)
			for _, r := range p.Mock.Rows {
				text += "\n" + r.Label + " " + r.Value
			}
			if strings.Contains(text, "(Application Name)") || strings.Contains(text, "(Consumer Name)") {
				t.Errorf("%s on %s:\n%s", step, version, text)
			}
		}
	}
}
