package oauth2

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"applink/core/seal"
)

// checking is a provider that knows one client and no code and no token. What it
// checks first, and what it says then, differs.
type checking struct {
	token  func(known bool) (status int, body string)
	revoke func(known bool) (status int, body string) // nil: there is no such resource
	asked  int
}

func (c *checking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.asked++
	known := r.PostFormValue("client_id") == clientID && r.PostFormValue("client_secret") == clientSecret
	answer := c.token
	if strings.HasSuffix(r.URL.Path, "/revoke") {
		answer = c.revoke
	} else if r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("code") == "" || r.PostFormValue("redirect_uri") == "" {
		answer = says(400, "invalid_request", "")
	}
	if answer == nil || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	status, body := answer(known)
	if strings.HasPrefix(body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// says answers the same whoever asks.
func says(status int, code, description string) func(bool) (int, string) {
	return func(bool) (int, string) {
		return status, fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description)
	}
}

// clientFirst refuses the client, and then what it asked for.
func clientFirst(refusal, then func(bool) (int, string)) func(bool) (int, string) {
	return func(known bool) (int, string) {
		if known {
			return then(known)
		}
		return refusal(known)
	}
}

func empty(status int) func(bool) (int, string) {
	return func(bool) (int, string) { return status, "" }
}

var (
	unknownCode   = says(400, "invalid_request", "The provided code is invalid")
	invalidGrant  = says(400, "invalid_grant", "The provided code is invalid")
	invalidClient = says(401, "invalid_client", "The client_id or client_secret is invalid")
)

// providers are the orders of checks, with what each tells of a right and of a wrong
// secret.
var providers = []struct {
	name         string
	p            checking
	right, wrong Verdict
	fails        bool // it gives no answer of a provider
}{
	{"code first, with revocation", checking{unknownCode, clientFirst(invalidClient, empty(200)), 0}, ClientRight, ClientWrong, false},
	{"code first, revocation answers in a field", checking{unknownCode, clientFirst(says(400, "invalid_client", ""), says(400, "invalid_request", "The provided token is invalid")), 0}, ClientRight, ClientWrong, false},
	{"code first, no revocation", checking{unknownCode, nil, 0}, ClientUnknown, ClientUnknown, false},
	{"code first as invalid_grant, no revocation", checking{invalidGrant, nil, 0}, ClientUnknown, ClientUnknown, false},
	{"code first, revocation looks at the token first", checking{unknownCode, empty(200), 0}, ClientUnknown, ClientUnknown, false},
	{"code first, revocation is only for those who are logged in", checking{unknownCode, func(bool) (int, string) { return 401, `{"errors":[{"message":"You are not permitted"}]}` }, 0}, ClientUnknown, ClientUnknown, false},
	{"code first, revocation answers with a page", checking{unknownCode, func(bool) (int, string) { return 200, "<html>login</html>" }, 0}, ClientUnknown, ClientUnknown, false},
	{"client first, 401", checking{clientFirst(invalidClient, invalidGrant), nil, 0}, ClientRight, ClientWrong, false},
	{"client first, 400", checking{clientFirst(says(400, "invalid_client", ""), invalidGrant), nil, 0}, ClientRight, ClientWrong, false},
	{"client first, then invalid_request", checking{clientFirst(invalidClient, unknownCode), nil, 0}, ClientRight, ClientWrong, false},
	{"client first, token answers with 200", checking{clientFirst(says(200, "invalid_client", ""), says(200, "invalid_grant", "")), nil, 0}, ClientRight, ClientWrong, false},
	{"client refused as unauthorized_client", checking{clientFirst(says(400, "unauthorized_client", ""), invalidGrant), nil, 0}, ClientRight, ClientUnknown, false},
	{"client refused as unauthorized_client, in words", checking{clientFirst(says(401, "unauthorized_client", "Invalid client secret"), invalidGrant), nil, 0}, ClientRight, ClientWrong, false},
	{"client refused as invalid_request, in words", checking{clientFirst(says(400, "invalid_request", "The provided client_secret is invalid"), unknownCode), nil, 0}, ClientRight, ClientWrong, false},
	{"client refused as access_denied, in words", checking{clientFirst(says(400, "access_denied", "Client authentication failed"), unknownCode), nil, 0}, ClientRight, ClientWrong, false},
	{"one sentence for everything", checking{says(400, "invalid_request", "Invalid code or client credentials"), nil, 0}, ClientUnknown, ClientUnknown, false},
	{"the code is of another client", checking{says(400, "invalid_grant", "The code was issued to another client"), nil, 0}, ClientUnknown, ClientUnknown, false},
	{"known, but may not do this", checking{clientFirst(invalidClient, says(400, "unauthorized_client", "")), nil, 0}, ClientUnknown, ClientWrong, false},
	{"the grant is not offered", checking{says(400, "unsupported_grant_type", ""), nil, 0}, ClientUnknown, ClientUnknown, true},
	{"absent", checking{nil, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"code first, revocation refuses strangers by a page", checking{unknownCode, func(known bool) (int, string) {
		return map[bool]int{true: 200, false: 401}[known], map[bool]string{true: "", false: "<html>Unauthorized</html>"}[known]
	}, 0}, ClientUnknown, ClientUnknown, false},
	{"a page that says 400", checking{func(bool) (int, string) { return 400, "<html>The request was rejected. Client ID missing?</html>" }, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"a page that says 401", checking{func(bool) (int, string) { return 401, "<html>invalid_client</html>" }, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"a login in front", checking{func(bool) (int, string) { return 401, "" }, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"rate limited", checking{func(bool) (int, string) { return 429, "" }, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"a page", checking{func(bool) (int, string) { return 200, "<html>login</html>" }, nil, 0}, ClientUnknown, ClientUnknown, true},
	{"an error of the server", checking{func(bool) (int, string) { return 500, `{"errors":[{"message":"x"}]}` }, nil, 0}, ClientUnknown, ClientUnknown, true},
}

// A right secret is never called wrong, and a wrong one never right.
func TestProbe(t *testing.T) {
	for _, tt := range providers {
		for secret, want := range map[string]Verdict{clientSecret: tt.right, canary + "-another-secret": tt.wrong} {
			p := tt.p
			server := httptest.NewServer(&p)
			c := newClient(t, server.URL+"/ctx", elsewhere)
			c.Secret = seal.NewText(secret)
			verdict, exchanges, err := c.Probe(t.Context())
			var problem *ProblemError
			if verdict != want || errors.As(err, &problem) != tt.fails || len(exchanges) != p.asked || p.asked > 4 {
				t.Errorf("%s, %s: %s after %d requests, %v", tt.name, secret, verdict, p.asked, err)
			}
			wantNoCanary(t, exchanges, err)
			server.Close()
		}
	}
}

// A wrong Client ID is a wrong pair, whatever the secret is.
func TestProbeOfAnotherID(t *testing.T) {
	server := httptest.NewServer(&checking{token: unknownCode, revoke: clientFirst(invalidClient, empty(200))})
	defer server.Close()
	c := newClient(t, server.URL+"/ctx", elsewhere)
	c.ID = "other"
	if verdict, _, err := c.Probe(t.Context()); verdict != ClientWrong || err != nil {
		t.Errorf("%s, %v", verdict, err)
	}
}

func TestProbeOfNoServer(t *testing.T) {
	c := newClient(t, "http://127.0.0.1:1", elsewhere)
	if verdict, exchanges, err := c.Probe(t.Context()); verdict != ClientUnknown || err == nil || len(exchanges) != 1 {
		t.Errorf("%s, %v", verdict, err)
	}
}
