package packagist

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// bodyLimit bounds what is read of Bitbucket's answers, in bytes.
const bodyLimit = 64 << 10

// client calls the practice Bitbucket and nothing else: connections to
// an address that is not of this machine are refused when they are dialled.
type client struct{ http *http.Client }

func newPackagistClient(roots *x509.CertPool) client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: onlyLoopback}
	return client{&http.Client{
		Transport: &http.Transport{
			DialContext:     dialer.DialContext,
			TLSClientConfig: &tls.Config{RootCAs: roots},
			MaxIdleConns:    4,
			IdleConnTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func onlyLoopback(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return errors.New("the practice Private Packagist calls this machine only")
	}
	return nil
}

// within returns a context that ends after the integration's time limit.
func (c client) within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

func (c client) do(doing string, r *http.Request) (*answer, error) {
	asked := r.Method + " " + r.URL.String()
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, &failure{Doing: doing, Asked: asked, Why: cause(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, bodyLimit))
	if err != nil {
		return nil, &failure{Doing: doing, Asked: asked, Why: cause(err)}
	}
	return &answer{doing, asked, resp.StatusCode, resp.Header, body}, nil
}

func cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "Bitbucket did not answer within the time limit."
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return "Bitbucket could not be reached: " + err.Error() + "."
}

// answer is what Bitbucket answered to one call.
type answer struct {
	doing, asked string
	status       int
	header       http.Header
	body         []byte
}

// trouble makes the answer the reason why a sign-in failed; why is "" when
// Bitbucket's own words say it all.
func (a *answer) trouble(why string) *failure {
	const shown = 4000
	t := &failure{Doing: a.doing, Asked: a.asked, Why: why,
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)),
		Body:   string(a.body[:min(len(a.body), shown)])}
	for _, name := range []string{"Content-Type", "Location", "WWW-Authenticate"} {
		for _, value := range a.header.Values(name) {
			t.Headers = append(t.Headers, name+": "+value)
		}
	}
	var reply struct {
		Error string `json:"error"` // RFC 6749, section 5.2
	}
	if json.Unmarshal(a.body, &reply) == nil && reply.Error != "" {
		t.Field, t.Problem = "error", reply.Error
	} else if fields, err := url.ParseQuery(t.Body); err == nil {
		t.Field, t.Problem = "oauth_problem", fields.Get("oauth_problem")
	}
	return t
}

// failure is a failed sign-in as the page shows it: what was being
// done and what Bitbucket answered. It is an error.
type failure struct {
	Doing   string // "asking for a request token"
	Asked   string // "POST http://127.0.0.1:7990/…"; "" when nothing was asked
	Why     string // in words; "" when the answer says it all
	Status  string // "401 Unauthorized"; "" when no answer came
	Headers []string
	Body    string
	Field   string // where Problem stands: "oauth_problem" or "error"
	Problem string // the answer's name for what is wrong
}

// Error says it in one line.
func (t *failure) Error() string {
	parts := []string{t.Doing}
	for _, s := range []string{t.Status, t.Problem, t.Why} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}
