package auth_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/auth"
	"applink/core/bitbucket"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
	"applink/store"
)

// The test binary is also the program that the tests start beside themselves,
// with these in its environment.
const (
	envDatabase = "APPLINK_TEST_DATABASE"
	envKill     = "APPLINK_TEST_KILL" // "1": dies when the server has answered a refresh
)

// asking is how many goroutines of each process want a token.
const asking = 25

// child is another process on the same database, at the time when the tokens are
// due. It says "ready", waits for a line, and then has all its goroutines ask who
// the tokens act for and for the access token, which it prints.
func child() {
	db, err := store.Open(context.Background(), os.Getenv(envDatabase))
	must(err)
	defer db.Close()
	if os.Getenv(envSwitch) != "" {
		switcher(db)
		return
	}
	l := auth.New(db, seal.NewVault(db, seal.Options{Database: db.Path()}), applications)
	l.SetNow(func() time.Time { return time.Now().Add(due) })
	if os.Getenv(envKill) == "1" {
		l.Transport = func(*setup.State) (http.RoundTripper, error) { return suicide{}, nil }
	}
	fmt.Println("ready")
	bufio.NewScanner(os.Stdin).Scan()
	for _, said := range askAll(l) {
		fmt.Println(said)
	}
}

// askAll returns what each of many goroutines was told: user and token, or an
// error.
func askAll(l *auth.Library) []string {
	said := make([]string, asking)
	var all sync.WaitGroup
	for i := range said {
		all.Go(func() {
			if user, token, err := ask(l); err != nil {
				said[i] = "error " + err.Error()
			} else {
				said[i] = user + " " + token
			}
		})
	}
	all.Wait()
	return said
}

func ask(l *auth.Library) (user, token string, err error) {
	s, err := l.InUse(context.Background(), "My application")
	if err != nil {
		return "", "", err
	}
	c, err := l.Client(context.Background(), "My application")
	if err != nil {
		return "", "", err
	}
	resp, err := c.Get(s.Value("base-url") + "/rest/api/latest/application-properties")
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	fresh, err := l.Token(context.Background(), "My application")
	return resp.Header.Get("X-AUSERNAME"), fresh.Reveal(), err
}

// suicide is a transport that ends the process at once when the server has
// answered a refresh.
type suicide struct{}

func (suicide) RoundTrip(r *http.Request) (*http.Response, error) {
	t, err := bitbucket.NewTransport(bitbucket.Options{})
	must(err)
	resp, err := t.RoundTrip(r)
	must(err)
	if strings.HasSuffix(r.URL.Path, "/token") {
		_, err = io.ReadAll(resp.Body)
		must(err)
		self, err := os.FindProcess(os.Getpid())
		must(err)
		must(self.Kill())
		select {}
	}
	return resp, nil
}

// process is a started child that is ready.
type process struct {
	*exec.Cmd
	start io.WriteCloser
	lines *bufio.Scanner
}

func startProcess(t *testing.T, f *fixture, env ...string) *process {
	t.Helper()
	self, err := os.Executable()
	must(err)
	c := exec.Command(self)
	c.Env = append(append(os.Environ(), envDatabase+"="+f.db.Path()), env...)
	c.Stderr = os.Stderr
	p := &process{Cmd: c}
	p.start, err = c.StdinPipe()
	must(err)
	out, err := c.StdoutPipe()
	must(err)
	must(c.Start())
	t.Cleanup(func() { c.Process.Kill() })
	if p.lines = bufio.NewScanner(out); !p.lines.Scan() || p.lines.Text() != "ready" {
		t.Fatal("the other process did not start")
	}
	return p
}

// 50 goroutines of two processes, and 25 of this one, find the tokens due at the
// same moment: one of them refreshes, and all have the new token.
func TestOneRefreshInAllProcesses(t *testing.T) {
	f, p := connected(t)
	old, err := f.token()
	must(err)
	f.wind(due)
	others := []*process{startProcess(t, f), startProcess(t, f)}
	for _, o := range others {
		must(o.start.Close())
	}
	said := askAll(f.Library)
	for _, o := range others {
		for o.lines.Scan() {
			said = append(said, o.lines.Text())
		}
		if err := o.Wait(); err != nil {
			t.Error(err)
		}
	}
	if p.count() != 1 || len(said) != 3*asking {
		t.Errorf("%d refreshes, %d answers", p.count(), len(said))
	}
	for _, s := range said {
		if user, token, _ := strings.Cut(s, " "); user != "jane" || s != said[0] || token == old {
			t.Fatalf("somebody was told %q, another %q", s, said[0])
		}
	}
}

// A process dies between the server's answer and its own commit. The next one
// waits for its lease, tries once, and knows what happened.
func TestKilledDuringRefresh(t *testing.T) {
	f, p := connected(t)
	dying := startProcess(t, f, envKill+"=1")
	before := time.Now().Add(due).UTC().Truncate(time.Second)
	must(dying.start.Close())
	var exit *exec.ExitError
	if err := dying.Wait(); !errors.As(err, &exit) || p.count() != 1 {
		t.Fatalf("it ended with %v after %d refreshes", err, p.count())
	}
	f.wind(due)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.Token(ctx, "My application"); !errors.Is(err, context.DeadlineExceeded) || p.count() != 1 {
		t.Errorf("while the lease holds: %v, %d refreshes", err, p.count())
	}
	f.wind(due + auth.LeaseLife)
	for range 2 {
		_, err := f.token()
		found := wantFinding(t, err, finding.RefreshInterrupted.Code())
		at, err := time.Parse("2006-01-02 15:04:05 MST", found.Params["at"])
		if err != nil || at.Before(before) || at.Sub(before) > time.Minute || p.count() != 2 {
			t.Errorf("it began at %s, not %s; %d refreshes", at, before, p.count())
		}
	}
}
