package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"applink/core/auth"
)

// What is told of kept tokens follows their life, and refreshes that pass do not
// fill the log.
func TestKept(t *testing.T) {
	f, p := connected(t)
	told := func(want auth.TokenState) auth.KeptTokens {
		t.Helper()
		s, err := f.State(t.Context(), 1)
		must(err)
		row, state, err := f.Kept(t.Context(), s)
		if err != nil || state != want {
			t.Fatalf("tokens are %q, %v, want %q", state, err, want)
		}
		return row
	}
	logged := func() int {
		events, err := f.Events(t.Context(), 1, 1000)
		must(err)
		return len(events)
	}
	first, before := told(auth.TokensGood), logged()
	f.wind(due)
	if _, err := f.token(); err != nil {
		t.Fatal(err)
	}
	if row := told(auth.TokensGood); !row.Kept.Equal(first.Kept) || !row.Renewed.After(first.Renewed) {
		t.Errorf("kept since %v and %v, renewed %v and %v", first.Kept, row.Kept, first.Renewed, row.Renewed)
	}
	if n := logged(); n != before {
		t.Errorf("a refresh wrote %d events", n-before)
	}
	p.set(func() {
		p.refresh = func(w http.ResponseWriter, _ *httptest.ResponseRecorder) { w.WriteHeader(http.StatusBadGateway) }
	})
	f.wind(2 * due)
	f.token()
	told(auth.TokensInDoubt)
	p.set(func() { p.refresh = nil })
	f.wind(2*due + time.Minute)
	f.token()
	told(auth.TokensDead)
	s, err := f.State(t.Context(), 1)
	must(err)
	must(f.DropTokens(t.Context(), s))
	told(auth.TokensNone)
}
