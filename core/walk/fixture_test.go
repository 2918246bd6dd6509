package walk_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/core/walk"
	"applink/store"
)

// server answers each check with what a scenario puts there.
type server struct {
	outcomes map[core.CheckName]core.Outcome
	asked    int
	refused  error // of Authorize
	dance    *dance
}

func (c *server) Run(_ context.Context, _ *setup.State, name core.CheckName) core.Outcome {
	c.asked++
	o, ok := c.outcomes[name]
	if !ok {
		o.State = core.Unknown
	}
	o.Check, o.At = name, time.Now()
	return o
}

func (c *server) RunWith(ctx context.Context, s *setup.State, name core.CheckName, _ seal.Text) core.Outcome {
	return c.Run(ctx, s, name)
}

func (c *server) Authorize(_ context.Context, _ *setup.State, code bool) (core.Dance, error) {
	if c.refused != nil {
		return nil, c.refused
	}
	c.dance = &dance{code: code, back: make(chan core.Outcome, 1), visited: make(chan struct{}), closed: make(chan struct{})}
	return c.dance, nil
}

// dance is a sign-in that ends as the scenario says.
type dance struct {
	code    bool
	back    chan core.Outcome
	visited chan struct{}
	once    sync.Once
	closed  chan struct{}
}

func (d *dance) URL() string                       { return "https://git.example/authorize" }
func (d *dance) Warmup() (string, <-chan struct{}) { return "https://localhost:8473/", d.visited }
func (d *dance) Forward() string                   { return "ssh -L 8473:localhost:8473 host" }
func (d *dance) Close()                            { d.once.Do(func() { close(d.closed) }) }

func (d *dance) Wait(ctx context.Context) core.Outcome {
	o := core.Outcome{Check: core.CheckIdentity, State: core.Unknown}
	if d.code {
		return o
	}
	select {
	case o = <-d.back:
	case <-ctx.Done():
	}
	return o
}

func (d *dance) Submit(_ context.Context, text string) core.Outcome {
	switch text {
	case "right":
		return core.Outcome{Check: core.CheckIdentity, State: core.Passed, Strength: core.Strong}
	case "mistyped":
		return core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.WrongVerifier.With("")}
	}
	return core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.AccessDenied.With()}
}

func (d *dance) ErrorPage(context.Context) core.Outcome {
	return core.Outcome{Check: core.CheckIdentity, State: core.Failed, Finding: finding.ErrorPage.With()}
}

// fixture is a walk over a database in a file.
type fixture struct {
	t       *testing.T
	lib     *auth.Library
	srv     *server
	session *walk.Session
	w       *walk.Walk
	late    walk.Job // that was begun and not done
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "applink.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	apps, err := guide.Applications()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, srv: &server{outcomes: map[core.CheckName]core.Outcome{}}}
	f.lib = auth.New(db, seal.NewVault(db, seal.Options{Database: path, Source: seal.SourceFile}), apps)
	f.session = &walk.Session{Library: f.lib, Checker: f.srv, Proposals: map[core.Field]string{}}
	f.begin(f.lib.Begin())
	return f
}

func (f *fixture) begin(s *setup.State) {
	if f.w != nil {
		f.w.Close()
	}
	f.w = walk.New(f.session, s)
}

// reopen begins again from what is stored.
func (f *fixture) reopen() {
	f.t.Helper()
	s, err := f.lib.State(f.t.Context(), f.w.State().Integration.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	f.begin(s)
}

// do runs a job in place.
func (f *fixture) do(job walk.Job) walk.Taken {
	f.t.Helper()
	if job == nil {
		f.t.Fatalf("nothing to do at %s", f.place())
	}
	return f.w.Run(f.t.Context(), job)
}

// give answers the question of the place.
func (f *fixture) give(text string) walk.Taken {
	f.t.Helper()
	if f.w.At().Question == nil {
		f.t.Fatalf("no question at %s", f.place())
	}
	job, taken := f.w.Give(text)
	if job == nil {
		return taken
	}
	return f.do(job)
}

// place is the place looked at: "step" or "step/field".
func (f *fixture) place() string {
	at := f.w.At()
	if at.Question != nil {
		return string(at.Step.ID) + "/" + string(at.Question.Field)
	}
	return string(at.Step.ID)
}
