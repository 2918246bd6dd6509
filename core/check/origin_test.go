package check_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"applink/core"
	"applink/core/check"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// counted is a server that counts what it is asked and answers with a handler.
func counted(t *testing.T, h http.HandlerFunc) (base string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		h(w, r)
	}))
	t.Cleanup(web.Close)
	return web.URL, asked
}

// everyLink are states of either protocol and of each link that a check asks about.
func everyLink(t *testing.T, base string) map[core.CheckName]*setup.State {
	two := state2(t, "https://app.example/cb").With(core.FieldBaseURL, base)
	return map[core.CheckName]*setup.State{
		core.CheckConsumer: state(base, "own", ours().public),
		core.CheckClient:   two,
		core.CheckRetired:  superseded(state(base, "own", ours().public), core.OAuth2, "5f1c"),
		core.CheckIdentity: two,
	}
}

// run makes a check, a sign-in as far as it goes alone.
func (k keys) run(t *testing.T, s *setup.State, name core.CheckName) *core.Finding {
	r := &check.Runner{Keys: k, Options: direct}
	if name != core.CheckIdentity {
		return r.RunWith(t.Context(), s, name, seal.NewText(k.client)).Finding
	}
	d, err := r.Authorize(t.Context(), s, true)
	if err != nil {
		return err.(*core.Finding)
	}
	d.Close()
	return nil
}

// Nothing is signed for a server, and no secret sent to it, before it was reached.
func TestNothingForAServerThatWasNotReached(t *testing.T) {
	base, asked := counted(t, http.NotFound)
	for name, s := range everyLink(t, base) {
		s.Integration.Words = nil
		if f := (keys{private: ours().private, client: "secret"}).run(t, s, name); !errors.Is(f, finding.ServerUnverified) {
			t.Errorf("%s: %v", name, f)
		}
	}
	one := state(base, "own", ours().public)
	one.Integration.Words = nil
	if f := (keys{private: ours().private}).run(t, one, core.CheckIdentity); !errors.Is(f, finding.ServerUnverified) {
		t.Errorf("an OAuth 1 sign-in: %v", f)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("it was asked %d times", n)
	}
}

// No check follows a redirect to another server, whatever it asks with.
func TestNoCheckFollowsARedirect(t *testing.T) {
	elsewhere, followed := counted(t, http.NotFound)
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		base, asked := counted(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+r.URL.RequestURI(), status)
		})
		for name, s := range everyLink(t, base) {
			before := asked.Load()
			f := (keys{private: ours().private, client: "secret"}).run(t, s, name)
			if name != core.CheckIdentity && (f == nil || asked.Load() == before) {
				t.Errorf("%d, %s: %v", status, name, f)
			}
		}
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}
