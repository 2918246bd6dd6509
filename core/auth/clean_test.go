package auth_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// secretAsked is an own application's OAuth 2 link that waits for its Client secret.
func secretAsked(t *testing.T) (*fixture, setup.Question) {
	f := newFixture(t)
	f.reached("own")
	f.answer(core.FieldOAuth, "2")
	f.answer(core.FieldCallback, "https://localhost:8473/callback")
	f.answer(core.FieldClientID, strings.Repeat("ab12", 8))
	return f, setup.Question{Field: core.FieldSecret, Kind: setup.Secret}
}

func utf16le(s string) string {
	out := "\xff\xfe"
	for _, b := range []byte(s) {
		out += string([]byte{b, 0})
	}
	return out
}

// A Client secret is taken without what a file, a program or a form put around it, and the
// note says what that was.
func TestClientSecretIsCleaned(t *testing.T) {
	secret := strings.Repeat("0123abcd", 8)
	f, q := secretAsked(t)
	quoted, _ := json.Marshal(map[string]string{"clientId": "x", "clientSecret": secret})
	for text, left := range map[string]string{
		secret:                                               "",
		secret + "\r\n":                                      "",
		"  " + secret + "\n\n":                               "",
		"\ufeff" + secret:                                    "an unseen character",
		secret[:10] + "\u200b" + secret[10:]:                 "an unseen character",
		utf16le(secret + "\r\n"):                             "its encoding, UTF-16",
		`"` + secret + `"`:                                   "the quotes around it",
		"'" + secret + "',":                                  "the quotes around it",
		"“" + secret + "”":                                   "the quotes around it",
		"`" + secret + "`":                                   "the quotes around it",
		"Client secret: " + secret:                           "its label",
		"Client Secret\n" + secret:                           "its label",
		"Client secret " + secret:                            "its label",
		"CLIENT_SECRET=" + secret:                            "its label",
		"export BB_CLIENT_SECRET='" + secret + "'":           "its label and the quotes around it",
		"client_id=x\nclient_secret=" + secret + "\nscope=a": "its label",
		"client_id=x&client_secret=" + secret + "&scope=a":   "its label",
		"Client ID: " + strings.Repeat("ab12", 8) + "\nClient secret: " + secret: "its label",
		"oauth.client-secret = " + secret:                                        "its label",
		"clientSecret: \"" + secret + "\",":                                      "its label and the quotes around it",
		string(quoted):                                                           "the JSON around it",
		`{"data":{"client_secret":"` + secret + `"}}`:                            "the JSON around it",
		secret[:40] + "\n" + secret[40:]:                                         "a line end",
		"<code>" + secret + "</code>":                                            "what stood around it",
		"&quot;" + secret + "&quot;":                                             "what stood around it",
		"Bearer " + secret:                                                       "what stood around it",
		strings.Repeat("ab12", 8) + "," + secret:                                 "what stood around it",
		secret + "\n" + secret + "\n":                                            "what stood around it",
		utf16le("\"" + secret + "\""):                                            "its encoding, UTF-16 and the quotes around it",
	} {
		f.answer(core.FieldSecret, strings.Repeat("f", 64))
		if d := auth.Doubt(do(t)(f.State(t.Context(), f.id)), q, text); d != nil {
			t.Errorf("%q is doubted: %v", text, d)
		}
		s := do(t)(f.Answer(t.Context(), f.id, core.FieldSecret, text))
		kept, err := f.ClientSecret(t.Context(), s.Link.ID)
		if err != nil || kept.Reveal() != secret {
			t.Errorf("of %q was kept %q, %v", text, kept.Reveal(), err)
		}
		notes := auth.Notes(q, text)
		switch {
		case left == "" && len(notes) > 0, left != "" && len(notes) != 1:
			t.Errorf("%q has the notes %v", text, notes)
		case left != "":
			n := notes[0]
			if !errors.Is(n, finding.InputCleaned) || !n.Warning || n.Params["left"] != left || n.Params["what"] != "client-secret" {
				t.Errorf("the note for %q is %+v", text, n)
			}
			if strings.Contains(findingText(n), secret[:8]) {
				t.Error("the note tells the secret")
			}
		}
	}
}

// What cannot be a secret is refused before it is stored or sent; what is only odd is
// doubted.
func TestMaskedSecretIsRefused(t *testing.T) {
	f, q := secretAsked(t)
	for _, text := range []string{"••••••••••••", "****************", "................", "Client secret: ●●●●●●●●", "\"********\""} {
		if d := auth.Doubt(do(t)(f.State(t.Context(), f.id)), q, text); d != nil {
			t.Errorf("%q is only doubted", text)
		}
		_, err := f.Answer(t.Context(), f.id, core.FieldSecret, text)
		if codeOf(err) != finding.MaskedValue.String() {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"one two", strings.Repeat("ab12", 8), "\"half", "abcd", "0123••••cdef", strings.Repeat("0123abcd", 8) + " " + strings.Repeat("0123abce", 8), "v1." + strings.Repeat("0123abcd", 8)} {
		if d := auth.Doubt(do(t)(f.State(t.Context(), f.id)), q, text); d == nil || !errors.Is(d, finding.UnusualClientSecret) || !d.Warning {
			t.Errorf("%q: %v", text, d)
		}
	}
}

// An address out of a guide is doubted where it could be somebody's.
func TestExampleHostIsDoubted(t *testing.T) {
	f := newFixture(t)
	s := f.create("own")
	q := setup.Question{Field: core.FieldCallback, Kind: setup.CallbackURL}
	for text, doubted := range map[string]bool{
		"https://example.com/cb": true, "https://www.example.org/cb": true, "https://bitbucket.your-company.com/cb": true,
		"https://yourdomain.com": true, "https://a.acme.test/cb,https://my-domain.com/cb": true,
		"https://git.example.com/cb": false, "https://yourls.org/cb": false, "https://localhost:8473/callback": false, "nonsense": false,
	} {
		if d := auth.Doubt(s, q, text); (d != nil) != doubted || d != nil && !errors.Is(d, finding.ExampleURL) {
			t.Errorf("%s: %v", text, d)
		}
	}
}

// The findings about the key of an application that made it itself tell to copy it there,
// not to make one; those about one's own tell how.
func TestKeyFindingsKnowWhoMadeTheKey(t *testing.T) {
	f := newFixture(t)
	f.create("cloud")
	for _, text := range []string{`{"kty":"EC"}`, "ssh-ed25519 AAAA", "-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----"} {
		_, err := f.Answer(t.Context(), f.id, core.FieldPublicKey, text)
		if got := findingText(err); !strings.Contains(got, "Private Packagist") {
			t.Errorf("%q: %q", text, got)
		}
	}
	_, err := seal.ParsePrivateKey(seal.NewText("-----BEGIN EC PRIVATE KEY-----\nMIIC\n-----END EC PRIVATE KEY-----"))
	if codeOf(err) != finding.KeyIsEC.String() || findingText(err) != "" {
		t.Errorf("one's own: %v", err)
	}
}

// A converted key is told about, and what is stored can be entered in Bitbucket.
func TestConvertedKeyHasANote(t *testing.T) {
	f := newFixture(t)
	f.create("cloud")
	public, _ := pasted()
	text, _ := json.Marshal(public)
	if s := f.answer(core.FieldPublicKey, string(text)); s.Value(core.FieldPublicKey) != public {
		t.Errorf("stored %q", s.Value(core.FieldPublicKey))
	}
	q := setup.Question{Field: core.FieldPublicKey, Kind: setup.PublicKey}
	if n := auth.Notes(q, string(text)); len(n) != 1 || !errors.Is(n[0], finding.KeyConverted) || n[0].Params["form"] != "JSON" {
		t.Errorf("notes %v", n)
	}
	if n := auth.Notes(q, public); n != nil {
		t.Errorf("notes about a plain key: %v", n)
	}
}
