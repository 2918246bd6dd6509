package bitbucket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"applink/core"
)

// Limits of the answer of a token endpoint. Bitbucket's has about 200 bytes, with
// tokens of 32 characters.
const (
	ReplyLimit = 64 << 10
	tokenLimit = 4 << 10
)

// Call is one request to an endpoint of an OAuth provider, with what came of it. The
// zero value is ready.
type Call struct {
	Exchange core.Exchange // with secrets masked; zero before Send
	Body     []byte        // of the answer, not masked, one byte more than ReplyLimit at most
}

// Send sends the request over a transport, as [Send] does, and records it. The answer
// that it returns has a copy of the body.
func (c *Call) Send(transport http.RoundTripper, r *http.Request) (*http.Response, error) {
	c.Exchange = core.Exchange{Method: r.Method, URL: r.URL.String()}
	recorder := &Recorder{}
	resp, err := Send(transport, r.WithContext(WithRecorder(r.Context(), recorder)))
	if err == nil {
		c.Exchange.Status = resp.StatusCode // headers are left to the recorder, which masks them
		c.Body, err = io.ReadAll(io.LimitReader(resp.Body, ReplyLimit+1))
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(c.Body))
	}
	if recorded, ok := recorder.Last(); ok {
		c.Exchange = recorded
	}
	if err != nil {
		c.Exchange.Err = err
		return nil, err
	}
	return resp, nil
}

var defaultTransport = sync.OnceValues(func() (*Transport, error) { return NewTransport(Options{}) })

// Send sends a request over a transport; nil means one with the default options.
func Send(transport http.RoundTripper, r *http.Request) (*http.Response, error) {
	if transport != nil {
		return transport.RoundTrip(r)
	}
	standard, err := defaultTransport()
	if err != nil {
		return nil, Refuse(r, err)
	}
	return standard.RoundTrip(r)
}

// Refuse closes the body of a request that a transport does not send, as
// [http.RoundTripper] demands, and returns why.
func Refuse(r *http.Request, why error) error {
	if r.Body == nil {
		return why
	}
	return errors.Join(why, r.Body.Close())
}

// ErrOtherHost says that a request would have carried a token to another server than
// the one that it is for, and was not sent.
var ErrOtherHost = errors.New("the token belongs to another server")

// SameOrigin reports whether two addresses have the same scheme, host and port.
func SameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
}

// ProblemError is a call to an endpoint that did not end with what was asked for: the
// server refused, answered something else, or did not answer. The exchange has what
// core/diagnose needs to say why, with secrets masked.
type ProblemError struct {
	Doing    string // "asking for a request token"
	Reason   string // what is wrong with the answer, "" when the exchange has an error
	Exchange core.Exchange
}

// Error names the call and the status or the transport's error.
func (e *ProblemError) Error() string {
	if e.Exchange.Err != nil {
		return fmt.Sprintf("%s: %v", e.Doing, e.Exchange.Err)
	}
	return fmt.Sprintf("%s: HTTP %d: %s", e.Doing, e.Exchange.Status, e.Reason)
}

// Unwrap returns the transport's error, nil when the server answered.
func (e *ProblemError) Unwrap() error { return e.Exchange.Err }

// TokenLike reports whether a text can be a token, a code or a verifier: printable
// ASCII without blanks.
func TokenLike(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != "" && len(s) <= tokenLimit
}

var errorCode = core.Pattern(`^[a-z][a-z_]{0,63}$`)

// ErrorCode returns an error's code where the text looks like one and else "", so that
// no error of ours repeats any text that a server, or an address, likes to send.
func ErrorCode(text string) string {
	if !errorCode().MatchString(text) {
		return ""
	}
	return text
}

// After returns now plus a number of seconds, and the zero time for a number that is
// missing or makes no sense.
func After(now time.Time, seconds string) time.Time {
	const century = 100 * 365 * 24 * 60 * 60
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n <= 0 || n > century {
		return time.Time{}
	}
	return now.Add(time.Duration(n) * time.Second)
}
