package auth_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
)

// Every kind of answer: good text becomes the stored one, bad text a finding,
// almost good text a suggestion.
func TestAnswers(t *testing.T) {
	authority := selfSigned(t) + "\n"
	ca := writeFile(t, "ca.pem", authority)
	private, err := os.ReadFile(filepath.Join("..", "seal", "testdata", "encrypted-pkcs8.pem"))
	if err != nil {
		t.Fatal(err)
	}
	withKey := writeFile(t, "key.pem", authority+string(private))
	noCA := writeFile(t, "empty.pem", "nothing")
	for _, tt := range []struct {
		app     string // "" is own
		field   core.Field
		text    string
		stored  string
		code    core.Code
		suggest string
	}{
		{field: core.FieldPurpose, text: " Sync ", stored: "sync"},
		{field: core.FieldPurpose, text: "", code: finding.AnswerEmpty.Code()},
		{field: core.FieldPurpose, text: "both", code: finding.NoSuchChoice.Code()},
		{field: core.FieldPlatform, text: "data-center", stored: "data-center"},
		{field: core.FieldPlatform, text: "cloud", code: finding.BitbucketCloud.Code()},
		{field: core.FieldApplication, text: "cloud", stored: "cloud"},
		{field: core.FieldOAuth, text: "2", stored: "2"},
		{field: core.FieldOAuth, text: "3", code: finding.NoSuchChoice.Code()},

		{field: core.FieldName, text: " Build farm ", stored: "Build farm"},
		{field: core.FieldName, text: "Büro №1", stored: "Büro №1"},
		{field: core.FieldName, text: "--", code: finding.NameWithoutLetters.Code()},
		{field: core.FieldName, text: "Bu\u202eild\u200b farm\ufeff", stored: "Build farm"},
		{field: core.FieldName, text: "\u200b\u2066", code: finding.NameWithoutLetters.Code()},
		{field: core.FieldName, text: "two\nlines", code: finding.InvalidName.Code()},
		{field: core.FieldName, text: "red \x1b[31mname", code: finding.InvalidName.Code()},
		{field: core.FieldName, text: strings.Repeat("ü", 80), stored: strings.Repeat("ü", 80)},
		{field: core.FieldName, text: strings.Repeat("ü", 81), code: finding.InvalidName.Code()},

		{field: core.FieldAppURL, text: "https://app.example:8443/x#top", stored: "https://app.example:8443/x"},
		{field: core.FieldAppURL, text: "app.example", code: finding.SchemeMissing.Code(), suggest: "https://app.example"},
		{field: core.FieldAppURL, text: "localhost:3000", code: finding.SchemeMissing.Code(), suggest: "https://localhost:3000"},
		{field: core.FieldAppURL, text: "our application", code: finding.InvalidURL.Code()},
		{field: core.FieldAppURL, text: "https://:8080", code: finding.InvalidURL.Code()},
		{field: core.FieldAppURL, text: "ftp://app.example", code: finding.InvalidURL.Code()},
		{field: core.FieldAppURL, text: "https://me:hunter2@app.example", code: finding.URLWithCredentials.Code()},
		{field: core.FieldAppURL, text: "https://me:hunter 2@app.example", code: finding.URLWithCredentials.Code()},

		{field: core.FieldBaseURL, text: "HTTPS://Git.Example:443/bitbucket/", stored: "https://git.example/bitbucket"},
		{field: core.FieldBaseURL, text: "https://git.example/bitbucket/projects/X", code: finding.PageNotBaseURL.Code(), suggest: "https://git.example/bitbucket"},
		{field: core.FieldBaseURL, text: "git.example", code: finding.SchemeMissing.Code(), suggest: "https://git.example"},
		{field: core.FieldBaseURL, text: "https://git.example/?x=1", code: finding.URLWithQuery.Code(), suggest: "https://git.example"},
		{field: core.FieldBaseURL, text: "https://bitbucket.org/acme", code: finding.BitbucketCloud.Code()},
		{field: core.FieldBaseURL, text: "https://me:hunter2@git.example", code: finding.URLWithCredentials.Code()},
		{field: core.FieldBaseURL, text: "https://git\u200b.example\u2069", stored: "https://git.example"},
		{field: core.FieldBaseURL, text: "???", code: finding.InvalidURL.Code()},

		{field: core.FieldCAFile, text: ca, stored: authority},
		{field: core.FieldCAFile, text: "", stored: ""},
		{field: core.FieldCAFile, text: noCA, code: finding.AuthoritiesUnreadable.Code()},
		{field: core.FieldCAFile, text: withKey, code: finding.AuthoritiesHoldPrivateKey.Code()},
		{field: core.FieldCAFile, text: filepath.Dir(ca), code: finding.AuthoritiesUnreadable.Code()},
		{field: core.FieldCAFile, text: ca + "x", code: finding.AuthoritiesUnreadable.Code()},

		{field: core.FieldVersion, text: "v8.19.2", stored: "8.19.2"},
		{field: core.FieldVersion, text: "9.4", stored: "9.4"},
		{field: core.FieldVersion, text: "", stored: ""},
		{field: core.FieldVersion, text: "eight", code: finding.InvalidVersion.Code()},

		{app: "cloud", field: core.FieldClientID, text: " pp-1/ü ", stored: "pp-1/ü"},
		{app: "cloud", field: core.FieldClientID, text: "", code: finding.AnswerEmpty.Code()},
		{app: "cloud", field: core.FieldClientID, text: "two words", code: finding.NotAClientID.Code()},
		{app: "cloud", field: core.FieldClientID, text: "https://packagist.com", code: finding.NotAClientID.Code()},
		{app: "cloud", field: core.FieldClientID, text: "-----BEGIN", code: finding.NotAClientID.Code()},
		{app: "cloud", field: core.FieldClientID, text: strings.Repeat("A", 300), code: finding.NotAClientID.Code()},

		{app: "cloud", field: core.FieldClientID, text: strings.Repeat("0a", 32), stored: strings.Repeat("0a", 32)}, // over OAuth 1 the application made it

		{app: "cloud", field: core.FieldCallback, text: " https://a.example/cb/x , https://a.example/login/x", stored: "https://a.example/cb/x,https://a.example/login/x"},
		{app: "cloud", field: core.FieldCallback, text: "https://a.example/cb/ , https://a.example/login/x", code: finding.RedirectWithoutName.Code()},
		{app: "cloud", field: core.FieldCallback, text: "https://a.example/cb/x,", code: finding.InvalidURL.Code()},
		{field: core.FieldCallback, text: "https://a.example/", stored: "https://a.example/"},
		{field: core.FieldCallback, text: "nowhere", code: finding.InvalidURL.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb,https://localhost:8473/callback", stored: "https://a.example/cb,https://localhost:8473/callback"},
		{field: core.FieldCallback, text: "`https://a.example/cb`", stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: "<https://a.example/cb>", stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: "“https://a.example/cb”,", stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: "\u200bhttps://a.example/cb\ufeff", stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: "Redirect URL: https://a.example/cb", stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: `{"redirect_uri": "https://a.example/cb"}`, stored: "https://a.example/cb"},
		{field: core.FieldCallback, text: "https://a.example/%E2%80%AD%AB/cb?x=a,b", code: finding.InvalidURL.Code()},
		{field: core.FieldCallback, text: "https://a.example/%E2%80%AD%AB/cb", stored: "https://a.example/%E2%80%AD%AB/cb"},
		{field: core.FieldCallback, text: "https://[fe80::1]:8443/cb", stored: "https://[fe80::1]:8443/cb"},
		{field: core.FieldCallback, text: "https://MYGIT.example/cb", stored: "https://MYGIT.example/cb"},
		{field: core.FieldCallback, text: "https://<your-domain>/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/{provider}/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://${HOST}/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://{{ host }}/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://YOUR_DOMAIN/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://YOUR-DOMAIN.com/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://your_company.example/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://[your-domain]/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://example.com/...", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/…", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/auth/:provider/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/*", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://%HOSTNAME%/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb,https://<host>/cb", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb#top", code: finding.RedirectWithFragment.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb#", code: finding.RedirectWithFragment.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb,https://b.example/#/cb", code: finding.RedirectWithFragment.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb https://b.example/cb", code: finding.SeveralURLs.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb\nhttps://b.example/cb", code: finding.SeveralURLs.Code()},
		{field: core.FieldCallback, text: "https://a.example/cb; https://b.example/cb", code: finding.SeveralURLs.Code()},
		{field: core.FieldCallback, text: "https://a.example/cbhttps://b.example/cb", code: finding.SeveralURLs.Code()},
		{field: core.FieldCallback, text: "https://a.example/c b", code: finding.InvalidURL.Code()},
		{field: core.FieldCallback, text: "https://a.example/c\nb", code: finding.InvalidURL.Code()},
		{app: "cloud", field: core.FieldCallback, text: "https://a.example/cb/x,\nhttps://a.example/login/x", stored: "https://a.example/cb/x,https://a.example/login/x"},
		{app: "cloud", field: core.FieldCallback, text: "https://a.example/cb/x\nhttps://a.example/login/x", code: finding.SeveralURLs.Code()},
		{field: core.FieldAppURL, text: "https://<your-domain>", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldAppURL, text: "`https://app.example`", stored: "https://app.example"},
		{field: core.FieldBaseURL, text: "https://{host}/bitbucket", code: finding.URLWithPlaceholder.Code()},
		{field: core.FieldBaseURL, text: "\"https://git.example/bitbucket\"", stored: "https://git.example/bitbucket"},
		{app: "cloud", field: core.FieldClientID, text: "\u200bpp-1\ufeff", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "Client ID / Key: pp-1", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "Client ID\npp-1", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "Client ID: pp-1\nClient Secret: ab12", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: `{"client_id":"pp-1","client_secret":"ab12"}`, stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "export BITBUCKET_CLIENT_ID='pp-1'", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "'pp-1',", stored: "pp-1"},
		{app: "cloud", field: core.FieldClientID, text: "********", code: finding.MaskedValue.Code()},

		{app: "cloud", field: core.FieldLoginLink, text: "https://packagist.com/login/acme?x=1", stored: "https://packagist.com/login/acme?x=1"},
		{app: "cloud", field: core.FieldLoginLink, text: "https://PACKAGIST.com/login", stored: "https://PACKAGIST.com/login"},
		{app: "cloud", field: core.FieldLoginLink, text: "https://packagist.org/login", code: finding.NotALoginLink.Code()},
		{app: "cloud", field: core.FieldLoginLink, text: "http://packagist.com/login", code: finding.NotALoginLink.Code()},
		{app: "cloud", field: core.FieldLoginLink, text: "https://me:hunter2@packagist.com/", code: finding.URLWithCredentials.Code()},
		{app: "cloud", field: core.FieldLoginLink, text: "packagist.com/login", code: finding.InvalidURL.Code()},
		{app: "cloud", field: core.FieldLoginLink, text: "", code: finding.AnswerEmpty.Code()},
		{field: core.FieldLoginLink, text: "https://sso.example/login", stored: "https://sso.example/login"},
		{field: core.FieldLoginLink, text: "http://127.0.0.1:9090/login", stored: "http://127.0.0.1:9090/login"},
		{field: core.FieldLoginLink, text: "http://sso.example/login", code: finding.NotALoginLink.Code()},
		{field: core.FieldLoginLink, text: "", stored: ""},

		{field: core.FieldTwoFactor, text: "unknown", stored: "unknown"},
		{field: core.FieldTwoFactor, text: "maybe", code: finding.NoSuchChoice.Code()},
	} {
		t.Run(string(tt.field)+"/"+tt.text[:min(len(tt.text), 30)], func(t *testing.T) {
			f := newFixture(t)
			app := tt.app
			if app == "" {
				app = "own"
			}
			before := f.create(app)
			if app == "own" && tt.field == core.FieldLoginLink {
				f.answer(core.FieldAppURL, "https://app.example")
			}
			s, err := f.Answer(t.Context(), f.id, tt.field, tt.text)
			if codeOf(err) != string(tt.code) {
				t.Fatalf("error %v, want %q", err, tt.code)
			}
			var suggestion *core.Suggestion
			if errors.As(err, &suggestion) != (tt.suggest != "") || suggestion != nil && suggestion.Value != tt.suggest {
				t.Errorf("suggestion %v, want %q", suggestion, tt.suggest)
			}
			if err == nil {
				if a, ok := s.Answer(tt.field); !ok || a.Value != tt.stored || a.At.IsZero() {
					t.Errorf("stored %+v, want %q", a, tt.stored)
				}
				return
			}
			if strings.Contains(err.Error(), "hunter") || strings.Contains(findingText(err), "hunter") {
				t.Errorf("the password is in %v", err)
			}
			after, err := f.State(t.Context(), f.id)
			if err != nil || after.Value(tt.field) != before.Value(tt.field) {
				t.Errorf("a refused answer was stored: %q, %v", after.Value(tt.field), err)
			}
		})
	}
}

// findingText is everything that a finding would tell.
func findingText(err error) string {
	var f *core.Finding
	if !errors.As(err, &f) {
		return ""
	}
	text := f.Raw
	for _, v := range f.Params {
		text += " " + v
	}
	return text
}

// The certificates are stored, and not where they were: the file may go. Sent back as
// they are shown they stay, and another file takes their place.
func TestCertificatesAreStored(t *testing.T) {
	t.Chdir(t.TempDir())
	one, two := selfSigned(t)+"\n", selfSigned(t)+"\n"
	if err := os.WriteFile("ca.pem", []byte("# our authorities\n"+one+"\n"+two), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	f.reached("own")
	stored := f.answer(core.FieldCAFile, "ca.pem").Value(core.FieldCAFile)
	if stored != one+two {
		t.Errorf("stored %q", stored)
	}
	if err := os.Remove("ca.pem"); err != nil {
		t.Fatal(err)
	}
	f.pass(core.CheckReach)
	shown := seal.DescribeAuthorities(stored)
	if !strings.HasPrefix(shown, "2 certificates: CN=test; CN=test (first SHA-256 ") || strings.Contains(shown, "\n") {
		t.Errorf("shown as %q", shown)
	}
	s := f.answer(core.FieldCAFile, shown)
	if _, kept := s.Check(core.CheckReach); !kept || s.Value(core.FieldCAFile) != stored {
		t.Errorf("given back as shown: %q, reach kept: %v", s.Value(core.FieldCAFile), kept)
	}
}

// A choice that a rule forbids says which.
func TestForbiddenProtocol(t *testing.T) {
	f := newFixture(t)
	f.create("cloud")
	f.answer(core.FieldPurpose, "sync")
	o := core.Outcome{Check: core.CheckReach, State: core.Passed, Learned: map[core.Learned]string{core.LearnedVersion: "8.19.2"}}
	if _, err := f.Record(t.Context(), do(t)(f.State(t.Context(), f.id)), o); err != nil {
		t.Fatal(err)
	}
	_, err := f.Answer(t.Context(), f.id, core.FieldOAuth, "1")
	if codeOf(err) != finding.ProtocolRefused.String() || !strings.Contains(findingText(err), "from 8.0") {
		t.Errorf("error %v", err)
	}
	o.Learned[core.LearnedVersion] = "7.17.0"
	if _, err := f.Record(t.Context(), do(t)(f.State(t.Context(), f.id)), o); err != nil {
		t.Fatal(err)
	}
	_, err = f.Answer(t.Context(), f.id, core.FieldOAuth, "2")
	if codeOf(err) != finding.ProtocolRefused.String() || !strings.Contains(findingText(err), "7.20") {
		t.Errorf("error %v", err)
	}
}

func TestPastedPublicKey(t *testing.T) {
	public, private := pasted()
	certificate := selfSigned(t)
	seed := func(name string) string {
		b, err := os.ReadFile(filepath.Join("..", "seal", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, tt := range []struct {
		name, text, stored string
		code               core.Code
	}{
		{"key", public, public, ""},
		{"certificate", certificate + "\r\n", certificate, ""},
		{"indented and quoted", "> " + strings.ReplaceAll(public, "\n", "\r\n>   "), public, ""},
		{"base64 alone", strings.Join(strings.Split(public, "\n")[1:8], ""), public, ""},
		{"cut at the end", public[:len(public)-60], "", finding.KeyDamaged.Code()},
		{"cut at the start", public[40:], "", finding.KeyDamaged.Code()},
		{"EC key", seed("ec.pem"), "", finding.KeyIsEC.Code()},
		{"a certificate request", seed("request.pem"), "", finding.KeyFormatUnsupported.Code()},
		{"dots", "••••••••••••", "", finding.MaskedValue.Code()},
		{"two keys", public + "\n" + certificate, "", finding.SeveralKeys.Code()},
		{"a sentence", "the key is in the mail", "", finding.NotAKey.Code()},
		{"nothing", " \n", "", finding.AnswerEmpty.Code()},
		{"private key", private, "", finding.KeyIsPrivate.Code()},
		{"private key, cut", private[:400], "", finding.KeyIsPrivate.Code()},
		{"private key without its lines", strings.Join(strings.Split(private, "\n")[1:20], "\n"), "", finding.KeyIsPrivate.Code()},
		{"public and private key", public + "\n" + private, "", finding.KeyIsPrivate.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.create("cloud")
			s, err := f.Answer(t.Context(), f.id, core.FieldPublicKey, tt.text)
			if codeOf(err) != string(tt.code) {
				t.Fatalf("error %v, want %q", err, tt.code)
			}
			if err == nil && s.Value(core.FieldPublicKey) != tt.stored {
				t.Errorf("stored %q, want %q", s.Value(core.FieldPublicKey), tt.stored)
			}
		})
	}
}

// A private key that is pasted anywhere is stored nowhere, told nowhere.
func TestPrivateKeyIsNotStored(t *testing.T) {
	_, private := pasted()
	lines := strings.Split(private, "\n")
	f := newFixture(t)
	f.create("cloud")
	for _, field := range []core.Field{core.FieldName, core.FieldClientID, core.FieldPublicKey, core.FieldBaseURL, core.FieldCAFile,
		core.FieldVersion, core.FieldPurpose, core.FieldCallback, core.FieldLoginLink} {
		_, err := f.Answer(t.Context(), f.id, field, private)
		if codeOf(err) != finding.KeyIsPrivate.String() {
			t.Errorf("%s: error %v", field, err)
		}
		if text := findingText(err) + err.Error(); strings.Contains(text, lines[1]) || strings.Contains(text, lines[5]) {
			t.Errorf("%s: the finding tells the key", field)
		}
	}
	public, _ := pasted()
	f.answer(core.FieldPublicKey, public)
	files := f.files()
	for _, line := range lines[1:6] {
		if strings.Contains(files, line) {
			t.Fatal("a part of the private key lies in a file")
		}
	}
	if !strings.Contains(files, strings.Split(public, "\n")[3]) {
		t.Error("the files were not searched: the public key is not in them")
	}
}
