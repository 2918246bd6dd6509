package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"applink/core/setup"
)

// standing is what list and show tell of how an integration stands.
type standing struct {
	Slug, OAuth, State, Step, Proof string
	LinkState                       string `json:"link_state"`
	Complete                        bool
	ProvedAt                        string `json:"proved_at"`
	Steps                           []stepStanding
	Integrations                    []standing
}

type stepStanding struct{ Step, Status string }

var stepsInAll = regexp.MustCompile(`(step \d+) of \d+`)

// settle leaves out what a later version may tell otherwise: how many steps there are, that
// of two-factor, which nobody asks of one's own application any more, and whether a
// completed step counts as answered, said or proved.
func (s *standing) settle() {
	s.State = stepsInAll.ReplaceAllString(s.State, "$1")
	s.Steps = slices.DeleteFunc(s.Steps, func(st stepStanding) bool { return st.Step == string(setup.TwoFactor) })
	for i, st := range s.Steps {
		s.Steps[i].Status = map[bool]string{true: "open", false: "complete"}[st.Status == "open"]
	}
	for i := range s.Integrations {
		s.Integrations[i].settle()
	}
}

// A database of the last version that did not keep what a link was completed with says
// the same as then, and goes on.
func TestDatabaseFromBeforeCompletions(t *testing.T) {
	cleanHome(t)
	from, dir := filepath.Join("testdata", "before6"), t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o700), os.CopyFS(dir, os.DirFS(from))); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if err := os.Chmod(f, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := filepath.Join(dir, "applink.db")
	says := func(want string, args ...string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(from, want+".json"))
		if err != nil {
			t.Fatal(err)
		}
		r := runApplink(t, "", append(args, "--json", "--db", db)...)
		var then, now standing
		if err := errors.Join(json.Unmarshal(b, &then), json.Unmarshal([]byte(r.out), &now)); err != nil {
			t.Fatalf("%v: %s%s", err, r.out, r.errOut)
		}
		then.settle()
		now.settle()
		if !reflect.DeepEqual(then, now) {
			t.Errorf("%s: it said\n%+v\nand says\n%+v", want, then, now)
		}
	}
	all := []string{"adoptedci", "labs", "moved", "notreached", "onpremisebitbucket", "underway"}
	says("list", "list")
	for _, slug := range all {
		says(slug, "show", slug)
	}
	wantRun(t, runApplink(t, "", "doctor", "--db", db), exitOK, "", "")

	r := runApplink(t, "", "setup", "underway", "--say", string(setup.Form), "--client-id", "3f9c2e71", "--json", "--db", db)
	if wantRun(t, r, exitUsage, `"missing": "--public-key"`, ""); !strings.Contains(r.out, `"step": "keys"`) {
		t.Errorf("it goes on with\n%s", r.out)
	}
	wantRun(t, runApplink(t, "", "migrate", "onpremisebitbucket", "--abandon", "--db", db), exitOK, "", "")
	wantRun(t, runApplink(t, "", "list", "--db", db), exitOK, "set up, proved in part: the Client ID\n", "")
}
