package bitbucket

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"applink/core"
)

// Recorder collects the exchanges of every request whose context carries it.
// The zero value is ready; it is safe for concurrent use.
type Recorder struct {
	mu      sync.Mutex
	seen    []core.Exchange
	secrets secrets // of all exchanges: a server may repeat those of the one before
}

// Exchanges returns what was recorded so far, in the order of the answers.
func (r *Recorder) Exchanges() []core.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]core.Exchange(nil), r.seen...)
}

// Last returns the youngest exchange and whether there is one.
func (r *Recorder) Last() (core.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.seen) == 0 {
		return core.Exchange{}, false
	}
	return r.seen[len(r.seen)-1], true
}

// learn notes secrets and returns all that are known.
func (r *Recorder) learn(note func(*secrets)) *secrets {
	r.mu.Lock()
	defer r.mu.Unlock()
	note(&r.secrets)
	return &secrets{slices.Clone(r.secrets.needles)}
}

func (r *Recorder) add(ex core.Exchange) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, ex)
}

type recorderKey struct{}
type baseStringKey struct{}

// WithRecorder returns a context under which a [Transport] records into r.
func WithRecorder(ctx context.Context, r *Recorder) context.Context {
	return context.WithValue(ctx, recorderKey{}, r)
}

// WithBaseString returns a context whose request is recorded with the OAuth 1
// signature base string that was signed for it. A signing round tripper sets it
// on the request that it passes on: next.RoundTrip(req.WithContext(
// WithBaseString(req.Context(), base))). Tokens in it are masked, in the same
// way as in the server's answer, so that the two stay comparable.
func WithBaseString(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, baseStringKey{}, base)
}

func recorderFrom(ctx context.Context) *Recorder {
	r, _ := ctx.Value(recorderKey{}).(*Recorder)
	return r
}

// exchange is a core.Exchange under way.
type exchange struct {
	core.Exchange
	began    time.Time
	recorder *Recorder
	secrets  *secrets
}

// begin notes a request; its body is read and put back.
func begin(req *http.Request, recorder *Recorder, proxy func(*url.URL) (*url.URL, error)) (*exchange, error) {
	ex := &exchange{began: time.Now(), recorder: recorder}
	var err error
	ex.secrets = recorder.learn(func(s *secrets) { err = s.sent(req) })
	ex.Method, ex.URL = req.Method, ex.secrets.url(req.URL)
	if ex.Method == "" {
		ex.Method = http.MethodGet
	}
	if p, err := proxy(req.URL); err == nil && p != nil {
		bare := *p
		bare.User = nil
		ex.Proxy = bare.String()
	}
	base, _ := req.Context().Value(baseStringKey{}).(string)
	ex.BaseString = ex.secrets.baseString(base)
	return ex, err
}

// end notes when the exchange ended, and returns the error that it ended with
// without secrets: what breaks off an answer may quote it.
func (ex *exchange) end(err error) error {
	ex.Err, ex.At = ex.secrets.err(err), time.Now()
	ex.Took = ex.At.Sub(ex.began)
	return ex.Err
}

// answered reads the body, notes it masked, and puts it back whole.
func (ex *exchange) answered(resp *http.Response) error {
	// The header's time counts: it is what the Date header is compared with.
	ex.end(nil)
	whole, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	ex.secrets = ex.recorder.learn(func(s *secrets) { s.received(resp.Header, whole) })
	ex.Status, ex.Header, ex.Body = resp.StatusCode, ex.secrets.header(resp.Header), ex.secrets.body(whole)
	if err != nil {
		err = ex.end(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(whole))
	return err
}
