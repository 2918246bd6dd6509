package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	practice "applink/core/practice/bitbucket"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/oauth2"
	"applink/core/seal"
)

// A pair is refreshed when its margin begins and not before, again and again, and
// each time the old one is dead.
func TestRefreshAtTheMargin(t *testing.T) {
	f, p := connected(t)
	first, err := f.token()
	if err != nil || first == "" {
		t.Fatal(err)
	}
	f.wind(54 * time.Minute)
	if again, err := f.token(); again != first || err != nil || p.count() != 0 {
		t.Errorf("before the margin: another token %v, %v, %d refreshes", again != first, err, p.count())
	}
	for i := 1; i <= 3; i++ {
		f.wind(time.Duration(i) * due)
		p.set(func() { p.late = time.Duration(i) * due })
		next, err := f.token()
		if err != nil || next == first || p.count() != i {
			t.Fatalf("refresh %d: the same token %v, %v, %d refreshes", i, next == first, err, p.count())
		}
		if first = next; f.user(p) != "jane" {
			t.Error("the new token is not jane's")
		}
	}
}

// What a refresh can end with, and what the next one then says.
func TestRefreshFails(t *testing.T) {
	unavailable := func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { w.WriteHeader(http.StatusBadGateway) }
	lost := func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { panic(http.ErrAbortHandler) }
	refuse := func(code string) func(http.ResponseWriter, *httptest.ResponseRecorder) {
		return func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"error":"` + code + `"}`))
		}
	}
	for _, tt := range []struct {
		name        string
		answer      func(http.ResponseWriter, *httptest.ResponseRecorder)
		code, later core.Code // of the refresh, and of the one after it
	}{
		{"5xx after it took effect", unavailable, finding.RefreshInconclusive.Code(), finding.RefreshInterrupted.Code()},
		{"broken off after it took effect", lost, finding.RefreshInconclusive.Code(), finding.RefreshInterrupted.Code()},
		{"no token in the answer", func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { w.Write([]byte(`{}`)) }, finding.RefreshInconclusive.Code(), finding.RefreshInterrupted.Code()},
		{"invalid_client", refuse("invalid_client"), finding.InvalidClient.Code(), finding.RefreshRejected.Code()},
		{"revoked", refuse("invalid_grant"), finding.RefreshRejected.Code(), finding.RefreshRejected.Code()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, p := connected(t)
			f.wind(due)
			p.set(func() { p.refresh = tt.answer })
			before := time.Now().Add(due).UTC().Truncate(time.Second)
			_, err := f.token()
			wantFinding(t, err, tt.code)
			p.set(func() { p.refresh = nil })
			_, err = f.token()
			found := wantFinding(t, err, tt.later)
			if at, _ := time.Parse("2006-01-02 15:04:05 MST", found.Params["at"]); tt.later == finding.RefreshInterrupted.Code() && (at.Before(before) || at.Sub(before) > time.Minute) {
				t.Errorf("it began at %q, not %v", found.Params["at"], before)
			}
			asked := p.count()
			_, err = f.token()
			wantFinding(t, err, tt.later)
			if p.count() != asked {
				t.Error("tokens that are refused for good were tried again")
			}
			s, _ := f.InUse(t.Context(), "My application")
			if err := f.KeepTokens(t.Context(), s, p.granted(t.Context())); err != nil || f.user(p) != "jane" {
				t.Errorf("authorized anew: %v", err)
			}
		})
	}
}

func wantFinding(t *testing.T, err error, code core.Code) *core.Finding {
	t.Helper()
	var f *core.Finding
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("error %v, want %s", err, code)
	}
	return f
}

// A doubt ends well when the server had not acted.
func TestRefreshInDoubtTriesOnce(t *testing.T) {
	f, p := connected(t)
	f.wind(due)
	if err := p.SetFault(practice.Maintenance, true); err != nil {
		t.Fatal(err)
	}
	_, err := f.token()
	wantFinding(t, err, finding.RefreshInconclusive.Code())
	if err := p.SetFault(practice.Maintenance, false); err != nil {
		t.Fatal(err)
	}
	if _, err := f.token(); err != nil || p.count() != 2 {
		t.Errorf("%v, %d refreshes", err, p.count())
	}
	if err := p.SetFault(practice.TokenRevoked, true); err != nil {
		t.Fatal(err)
	}
	f.wind(2 * due)
	_, err = f.token()
	wantFinding(t, err, finding.RefreshRejected.Code()) // the doubt is over
}

// An access token whose refresh is in doubt is not given out, though its time is
// not over.
func TestRefreshInDoubtBeforeItsTime(t *testing.T) {
	f, p := connected(t)
	p.set(func() {
		p.late = 2 * time.Hour // the server takes the access token for expired
		p.refresh = func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { w.WriteHeader(http.StatusBadGateway) }
	})
	_, err := f.client().Get(p.url("projects"))
	wantFinding(t, err, finding.RefreshInconclusive.Code())
	p.set(func() { p.refresh = nil })
	_, err = f.token()
	wantFinding(t, err, finding.RefreshInterrupted.Code())
}

// One at a time has the lease, for as long as it lasts.
func TestLease(t *testing.T) {
	f, _ := connected(t)
	f.wind(due)
	take := func() error { return f.TakeLease(t.Context(), "My application") }
	if err := take(); err != nil {
		t.Fatal(err)
	}
	f.wind(due + auth.LeaseLife - time.Second)
	if err := take(); !errors.Is(err, auth.ErrNotYet) {
		t.Errorf("a second lease: %v", err)
	}
	f.wind(due + auth.LeaseLife + time.Second)
	if err := take(); err != nil {
		t.Errorf("after its end: %v", err)
	}
	f.wind(0) // the clock was set back
	if err := take(); err != nil {
		t.Errorf("from the future: %v", err)
	}
}

// kept reads the row of the tokens.
func (f *fixture) kept() (row auth.KeptTokens) {
	f.t.Helper()
	must(f.db.Read(f.t.Context(), func(tx auth.Tx) (err error) {
		row, err = tx.Tokens(1)
		return err
	}))
	return row
}

// What cannot have reached the server leaves no doubt, and no lease.
func TestRefreshUnsent(t *testing.T) {
	f, p := connected(t)
	f.wind(due)
	p.web.Close()
	var problem *oauth2.ProblemError
	if _, err := f.token(); !errors.As(err, &problem) || !problem.Unsent {
		t.Fatalf("error %v", err)
	}
	if row := f.kept(); !row.Begun.IsZero() || !row.Leased.IsZero() || row.Dead {
		t.Errorf("left %+v", row)
	}
}

// hang stops the next refresh until it is let go.
func (p *rehearsal) hang() (arrived <-chan struct{}, release func()) {
	in, out := make(chan struct{}, 100), make(chan struct{})
	p.set(func() { p.before = func() { in <- struct{}{}; <-out } })
	return in, sync.OnceFunc(func() { close(out) })
}

// While a refresh waits for the server, others write and read, over the same connection to
// the database and over another, and who gives up waiting does not break it off.
func TestNobodyElseWaitsForTheServer(t *testing.T) {
	f, p := connected(t)
	arrived, release := p.hang()
	defer release()
	f.wind(due)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { _, err := f.Token(ctx, "My application"); ended <- err }()
	<-arrived
	name := "My application"
	s, err := f.Find(t.Context(), name)
	must(err)
	another := openFixture(t, f.db.Path(), seal.Options{Source: seal.SourceFile})
	for _, writer := range []*auth.Library{f.Library, another.Library} {
		name += "!"
		if s, err := writer.Answer(t.Context(), s.Integration.ID, core.FieldName, name); err != nil || s.Integration.Name != name {
			t.Errorf("renaming to %s: %v", name, err)
		}
	}
	if row := f.kept(); row.Begun.IsZero() {
		t.Error("the refresh did not wait for the server")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up has %v", err)
	}
	closed := make(chan struct{})
	go func() { f.Close(); close(closed) }()
	release()
	<-closed
	if row := f.kept(); !row.Begun.IsZero() {
		t.Error("Close did not wait for the refresh")
	}
	if _, err := f.Token(t.Context(), name); err != nil || p.count() != 1 {
		t.Errorf("the new pair was not stored: %v, %d refreshes", err, p.count())
	}
	f.wind(2 * due)
	if _, err := f.Token(t.Context(), name); !errors.Is(err, auth.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A pair that the user granted while the old one was being refreshed is the one
// that counts, and so is the wish to keep none.
func TestAuthorizedDuringRefresh(t *testing.T) {
	for _, drop := range []bool{false, true} {
		f, p := connected(t)
		arrived, release := p.hang()
		f.wind(due)
		var got string
		ended := make(chan error)
		go func() {
			token, err := f.token()
			got = token
			ended <- err
		}()
		<-arrived
		s, err := f.InUse(t.Context(), "My application")
		must(err)
		anew := p.granted(t.Context())
		anew.OAuth2.RenewAt = anew.OAuth2.RenewAt.Add(time.Hour)
		if drop {
			err = f.DropTokens(t.Context(), s)
		} else {
			err = f.KeepTokens(t.Context(), s, anew)
		}
		must(err)
		release()
		switch err := <-ended; {
		case drop:
			wantFinding(t, err, finding.NoKeptTokens.Code())
		case err != nil || got != anew.OAuth2.Access.Reveal():
			t.Errorf("another token, %v", err)
		}
	}
}

// No token stands in a file, an event or an error.
func TestTokensStayInside(t *testing.T) {
	f, p := connected(t)
	var said strings.Builder
	for i, answer := range []func(http.ResponseWriter, *httptest.ResponseRecorder){nil, nil,
		func(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
			answer.Code = http.StatusInternalServerError
			pass(w, answer)
		}} {
		p.set(func() { p.refresh = answer })
		f.wind(time.Duration(i+1) * due)
		if _, err := f.token(); err != nil {
			said.WriteString(err.Error())
		}
	}
	events, err := f.Events(t.Context(), 1, 100)
	must(err)
	for _, e := range events {
		said.WriteString(e.Kind + " " + e.Detail + "\n")
	}
	all := f.files() + said.String()
	if len(p.tokens) != 8 || !strings.Contains(said.String(), "refresh failed") {
		t.Fatalf("%d tokens passed by, said was\n%s", len(p.tokens), said.String())
	}
	for _, secret := range append(p.tokens, p.client.Secret) {
		if strings.Contains(all, secret) || strings.Contains(all, secret[len(secret)-40:]) {
			t.Error("a token or secret stands in the open")
		}
	}
}

// With the key out of reach nothing is asked and no lease is taken.
func TestRefreshWithoutTheKey(t *testing.T) {
	f, p := connected(t)
	other := &fixture{Library: auth.New(f.db, locked{}, applications), t: t, db: f.db}
	other.clock()
	other.wind(due)
	if _, err := other.token(); codeOf(err) != finding.KeySourceUnavailable.String() || p.count() != 0 {
		t.Errorf("%v, %d refreshes", err, p.count())
	}
	f.wind(due)
	if _, err := f.token(); err != nil {
		t.Error(err)
	}
}

// locked is a sealer whose key source does not answer.
type locked struct{}

func (locked) Seal(context.Context, []byte, string) ([]byte, error) {
	return nil, finding.KeySourceUnavailable.With("keyring")
}
func (locked) Open(context.Context, []byte, string) ([]byte, error) {
	return nil, finding.KeySourceUnavailable.With("keyring")
}

// Who refreshes has the lease until the new pair is stored, however slow the server and the
// disk are: else another would ask with the old pair, and both be lost.
func TestLeaseOutlivesARefresh(t *testing.T) {
	if auth.LeaseLife <= auth.RefreshLimit+auth.SettleLimit {
		t.Errorf("a lease of %s, for a call of %s and storing for %s", auth.LeaseLife, auth.RefreshLimit, auth.SettleLimit)
	}
}
