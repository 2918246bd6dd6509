package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"
	"applink/core/practice/packagist"
	"applink/core/setup"
)

// TestEveryQuestionHasAFlag walks the step table: each question can be answered
// without a screen, and its flag says what it is.
func TestEveryQuestionHasAFlag(t *testing.T) {
	root := (&app{}).root()
	for _, st := range setup.Steps() {
		command := "setup"
		if st.Superseded {
			command = "migrate"
		}
		c, _, err := root.Find([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range st.Asks {
			flag := c.Flags().Lookup(string(q.Field))
			if flag == nil {
				t.Errorf("step %s: there is no flag --%s", st.ID, q.Field)
				continue
			}
			if flag.Usage == "" || flag.Usage == string(q.Field) {
				t.Errorf("--%s does not say what it is", q.Field)
			}
		}
	}
}

// base are flags that answer every question of one's own application, OAuth 1.
func base(url string) []string {
	return []string{"--application=own", "--app-url=https://app.example.com", "--name=Build farm", "--purpose=sign-in",
		"--platform=data-center", "--base-url=" + url, "--oauth=1", "--key-bits=2048"}
}

// TestMissingAnswerNamesItsFlag leaves one flag out after the other.
func TestMissingAnswerNamesItsFlag(t *testing.T) {
	server := startBitbucket(t, "8.19")
	for i, left := range base(server.BaseURL())[:7] {
		flag, _, _ := strings.Cut(left, "=")
		t.Run(flag, func(t *testing.T) {
			cleanHome(t)
			args := append([]string{"setup", "--key-source=file"}, base(server.BaseURL())...)
			args = append(args[:i+2], args[i+3:]...)
			r := runApplink(t, "", args...)
			if r.code != exitUsage || !strings.Contains(r.errOut, flag) || !strings.Contains(r.errOut, finding.AnswerMissing.String()) {
				t.Errorf("exit code %d, stderr\n%s", r.code, r.errOut)
			}
		})
	}
}

// TestMissingAnswersAreNamedAtOnce leaves all flags out but the first.
func TestMissingAnswersAreNamedAtOnce(t *testing.T) {
	cleanHome(t)
	r := runApplink(t, "", "setup", "--application=own")
	if r.code != exitUsage || !strings.Contains(strings.Join(strings.Fields(r.errOut), " "), "--app-url, --name, --purpose, --platform, --base-url, --oauth Why") {
		t.Errorf("exit code %d, stderr\n%s", r.code, r.errOut)
	}
}

// setupDocument runs setup --json and reads its one document.
func setupDocument(t *testing.T, code int, args ...string) setupJSON {
	t.Helper()
	r := runApplink(t, "", append([]string{"setup", "--json", "--key-source=file"}, args...)...)
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n%s%s", r.code, code, r.out, r.errOut)
	}
	d := json.NewDecoder(strings.NewReader(r.out))
	d.DisallowUnknownFields()
	var doc setupJSON
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%v in\n%s", err, r.out)
	}
	if d.More() {
		t.Errorf("more than one document:\n%s", r.out)
	}
	return doc
}

func (d setupJSON) value(name string) string {
	for _, p := range d.Pages {
		for _, v := range p.Values {
			if v.Name == name {
				return v.Value
			}
		}
	}
	return ""
}

// TestSetupByFlagsAlone stops at what is to be done in Bitbucket, names it, and
// goes on when it was done.
func TestSetupByFlagsAlone(t *testing.T) {
	cleanHome(t)
	server := startBitbucket(t, "8.19")
	doc := setupDocument(t, exitWaiting, base(server.BaseURL())...)
	if doc.State != "waiting" || doc.Finding == nil || doc.Finding.Code != finding.UnknownConsumerKey.Code() {
		t.Fatalf("document: %+v", doc)
	}
	if want := server.BaseURL() + "/plugins/servlet/applinks/listApplicationLinks"; doc.Pages[len(doc.Pages)-1].Open != want {
		t.Errorf("page to open: %q", doc.Pages[len(doc.Pages)-1].Open)
	}
	if doc.Next != "applink setup buildfarm" {
		t.Errorf("next: %q", doc.Next)
	}
	again := setupDocument(t, exitWaiting, "buildfarm")
	if again.value("client-id") != doc.value("client-id") || again.value("public-key") != doc.value("public-key") {
		t.Error("going on made other keys")
	}
	admin := signedIn(t, server.BaseURL(), "admin")
	form := drive.LinkForm{ApplicationURL: "https://app.example.com", Name: "Build farm",
		ConsumerKey: doc.value("client-id"), PublicKey: doc.value("public-key")}
	if _, err := admin.CreateOAuth1Link(t.Context(), form); err != nil {
		t.Fatal(err)
	}
	if doc = setupDocument(t, exitWaiting, "buildfarm"); doc.Step != setup.Authorize {
		t.Fatalf("after the link: %+v", doc)
	}
	if doc = setupDocument(t, exitOK, "buildfarm", "--overrule=authorize"); doc.State != "complete" {
		t.Fatalf("at the end: %+v", doc)
	}
	life := runApplink(t, "", "check", "buildfarm", "--warn-lifecycle")
	if life.code != exitWarnings || !strings.Contains(life.errOut, "Warning AL-PRODUCT-005: Support of Bitbucket 8.19.0 has ended") || !strings.HasSuffix(life.out, "1 checked: 1 with warnings.\n") {
		t.Errorf("check --warn-lifecycle ends with %d:\n%s%s", life.code, life.out, life.errOut)
	}
	if strings.Contains(life.errOut, finding.EndOfLifeAnnounced.String()) || !strings.Contains(life.out, "Note (AL-PRODUCT-007)") {
		t.Errorf("an end that is years away is warned of:\n%s%s", life.out, life.errOut)
	}
	if r := runApplink(t, "", "check", "buildfarm"); strings.Count(r.out, "Note (AL-PRODUCT-005)") != 1 || !strings.Contains(r.out, "the end of Data Center announced for 2029-03-28") || !strings.Contains(r.out, "supported by its vendor until 2026-03-12") {
		t.Errorf("check tells of no end of support:\n%s", r.out)
	}
	if r := runApplink(t, "", "check", "buildfarm", "--json"); r.code != exitOK || strings.Count(r.out, `"code": "AL-PRODUCT-00`) != 2 {
		t.Errorf("check --json ends with %d:\n%s", r.code, r.out)
	}
	if r := runApplink(t, "", "check", "buildfarm"); r.code != exitOK || !strings.HasSuffix(r.out, "1 checked: 1 in order.\n") {
		t.Errorf("check: %d\n%s%s", r.code, r.out, r.errOut)
	}
}

// TestSetupByFlagsPackagist: keys that the application made come by file or by
// standard input.
func TestSetupByFlagsPackagist(t *testing.T) {
	server := startBitbucket(t, "7.17")
	packagist, err := packagist.Start(t.Context(), "127.0.0.1:0", packagist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id, key, err := drive.NewPackagistAdmin(packagist.URL()).AddOAuth1(t.Context(), "On-premise Bitbucket", server.BaseURL())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{file, "-"} {
		cleanHome(t)
		flags := []string{"setup", "--json", "--application=packagist-cloud", "--name=On-premise Bitbucket", "--purpose=sync",
			"--platform=data-center", "--base-url=" + server.BaseURL(), "--oauth=1"}
		r := runApplink(t, "", flags...)
		if r.code != exitWaiting || !strings.Contains(r.out, `"step": "form"`) {
			t.Fatalf("first call: %d\n%s%s", r.code, r.out, r.errOut)
		}
		r = runApplink(t, key, "setup", "onpremisebitbucket", "--json", "--client-id="+id, "--public-key="+source)
		if r.code != exitWaiting || !strings.Contains(r.out, id) || !strings.Contains(r.out, `"AL-OAUTH-001"`) {
			t.Fatalf("with the keys from %s: %d\n%s%s", source, r.code, r.out, r.errOut)
		}
	}
}

// TestSetupFails: a finding about the server ends with 1 and its code.
func TestSetupFails(t *testing.T) {
	for fault, code := range map[practice.Fault]core.Code{practice.Maintenance: finding.Unavailable.Code(), practice.Jira: finding.IsJira.Code()} {
		cleanHome(t)
		doc := setupDocument(t, exitFinding, base(startBitbucket(t, "8.19", fault).BaseURL())...)
		if doc.State != "failed" || doc.Step != setup.BaseURL || doc.Finding == nil || doc.Finding.Code != code {
			t.Errorf("%s: %+v", fault, doc)
		}
	}
}

// A word for a step that the set-up does not have is refused before anything is asked of the
// server or kept.
func TestForeignStepIsRefusedFirst(t *testing.T) {
	cleanHome(t)
	asked := make(chan string, 99)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	defer server.Close()
	begin := []string{"setup", "--application=own", "--app-url=https://ci.example", "--name=Build farm", "--purpose=sign-in",
		"--platform=data-center", "--base-url=" + server.URL, "--oauth=1", "--key-source=file"}
	for _, word := range []string{"--overrule=credentials", "--say=finish"} {
		r := runApplink(t, "", append(begin, word)...)
		wantRun(t, r, exitUsage, "", finding.UnknownStep.String())
		wantRun(t, runApplink(t, "", "list"), exitOK, "", "There is no integration yet")
	}
	select {
	case path := <-asked:
		t.Errorf("the server was asked for %s", path)
	default:
	}
}
