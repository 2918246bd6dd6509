package oauth1

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	practice "applink/core/practice/bitbucket"
	drive "applink/core/practice/browser"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/callback"
)

// startPractice starts a practice Bitbucket that knows the consumer.
func startPractice(t *testing.T, faults ...practice.Fault) (*practice.Server, *Consumer) {
	t.Helper()
	s, err := practice.Start(t.Context(), "127.0.0.1:0", practice.Options{
		Faults:    faults,
		Consumers: []practice.Consumer{{Key: "consumer", PublicKey: publicPEM(t)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, newConsumer(t, s.BaseURL())
}

// What the practice Bitbucket answers to the two consumer checks: the strong
// one with the private key, the weak one without.
func TestPracticeConsumerChecks(t *testing.T) {
	for _, tt := range []struct {
		name        string
		fault       practice.Fault
		bits        uint // of the key that is probed for; 0 for the check with the private key
		status      int
		problem     string
		baseDiffers bool
		unknown     bool
	}{
		{name: "accepted", status: 200},
		{name: "unknown", status: 401, problem: "consumer_key_unknown", unknown: true},
		{name: "clock", fault: practice.ClockSkew, status: 400, problem: "timestamp_refused"},
		{name: "proxy", fault: practice.ProxyScheme, status: 401, problem: "signature_invalid", baseDiffers: true},
		{name: "three-legged off", fault: practice.NoThreeLegged, status: 401, problem: "permission_denied"},
		{name: "weak, known", bits: 2048, status: 401, problem: "signature_invalid"},
		{name: "weak, unknown", bits: 2048, status: 401, problem: "consumer_key_unknown", unknown: true},
		{name: "weak, other size", bits: 4096, status: 500},
		{name: "weak, proxy", bits: 2048, fault: practice.ProxyPort, status: 401, problem: "signature_invalid", baseDiffers: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var faults []practice.Fault
			if tt.fault != "" {
				faults = append(faults, tt.fault)
			}
			_, c := startPractice(t, faults...)
			if tt.unknown {
				c.Key = "nobody"
			}
			var exchange core.Exchange
			if tt.bits != 0 {
				exchange, _ = c.ProbeKey(t.Context(), keyOf(tt.bits))
			} else {
				_, exchange, _ = c.RequestToken(t.Context(), "oob")
			}
			if exchange.Status != tt.status {
				t.Fatalf("status %d, want %d: %+v", exchange.Status, tt.status, exchange)
			}
			answer, _ := url.ParseQuery(string(exchange.Body))
			if got := answer.Get("oauth_problem"); got != tt.problem {
				t.Errorf("problem %q, want %q", got, tt.problem)
			}
			theirs := answer.Get("oauth_signature_base_string")
			if theirs != "" && (theirs != exchange.BaseString) != tt.baseDiffers {
				t.Errorf("base strings\n%s\n%s", theirs, exchange.BaseString)
			}
		})
	}
}

// practiceCall makes a signed call and returns who the server says it was.
func practiceCall(t *testing.T, c *Consumer, token *Token) (string, []string) {
	t.Helper()
	var recorder bitbucket.Recorder
	ctx := bitbucket.WithRecorder(t.Context(), &recorder)
	address := strings.TrimRight(c.Base, "/") + "/rest/api/1.0/application-properties"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Client(token).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	exchange, _ := recorder.Last()
	wantNoCanary(t, exchange)
	return resp.Header.Get("X-AUSERNAME"), resp.Header.Values("WWW-Authenticate")
}

func TestPracticeUnknownToken(t *testing.T) {
	_, c := startPractice(t)
	user, challenges := practiceCall(t, c, testToken())
	if user != "" || len(challenges) != 2 || !strings.Contains(challenges[1], "token_rejected") {
		t.Errorf("user %q, challenges %q", user, challenges)
	}
}

func TestPracticeDance(t *testing.T) {
	for _, mode := range []Mode{ByLoopback, OutOfBand} {
		t.Run(string(mode), func(t *testing.T) {
			s, c := startPractice(t)
			d, answer := decide(t, s, c, mode, true)
			var token *Token
			var err error
			if mode == OutOfBand {
				token, err = d.Submit(t.Context(), answer)
			} else {
				visit(t, answer)
				token, err = d.Wait(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if token.Session.Empty() || token.Expires.IsZero() || token.SessionExpires.Before(token.Expires) {
				t.Errorf("token %+v", token)
			}
			if user, challenges := practiceCall(t, c, token); user != "jane" {
				t.Errorf("user %q, challenges %q", user, challenges)
			}
			// The request token is gone, so the code is worth nothing now.
			_, err = d.Submit(t.Context(), "aB3dE6")
			wantProblem(t, err, "token_rejected")
		})
	}
}

func TestPracticeDenied(t *testing.T) {
	s, c := startPractice(t)
	d, address := decide(t, s, c, ByLoopback, false)
	visit(t, address)
	if _, err := d.Wait(t.Context()); !errors.Is(err, callback.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

func TestPracticeExchangesTooEarlyOrWrong(t *testing.T) {
	s, c := startPractice(t)
	d := start(t, c, Options{Mode: OutOfBand})
	_, err := d.Submit(t.Context(), "aB3dE6")
	wantProblem(t, err, "permission_unknown")
	d, code := decide(t, s, c, OutOfBand, true)
	_, err = d.Submit(t.Context(), strings.Repeat("x", len(code)))
	wantProblem(t, err, "token_rejected")
	if _, err = d.Submit(t.Context(), code); err != nil {
		t.Errorf("the right code after a wrong one: %v", err)
	}
}

// decide starts a dance and lets a user allow or deny it. It returns what the
// user brings back: an address, or a code.
func decide(t *testing.T, s *practice.Server, c *Consumer, mode Mode, allow bool) (*Dance, string) {
	t.Helper()
	d := start(t, c, Options{Mode: mode})
	user := drive.NewAdmin(s.BaseURL())
	if err := user.Login(t.Context(), "jane", "jane"); err != nil {
		t.Fatal(err)
	}
	answer, err := user.Authorize(t.Context(), d.URL(), allow)
	if err != nil {
		t.Fatal(err)
	}
	return d, answer
}

func wantProblem(t *testing.T, err error, name string) {
	t.Helper()
	var problem *bitbucket.ProblemError
	if !errors.As(err, &problem) || !strings.Contains(string(problem.Exchange.Body), "oauth_problem="+name) {
		t.Errorf("error %v, want %s", err, name)
	}
}
