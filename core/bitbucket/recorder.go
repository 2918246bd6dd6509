package bitbucket

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"applink/core"
)

// Recorder collects the exchanges of every request whose context carries it.
// The zero value is ready; it is safe for concurrent use.
type Recorder struct {
	mu   sync.Mutex
	seen []core.Exchange
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
	began time.Time
}

func begin(req *http.Request, proxy func(*url.URL) (*url.URL, error)) *exchange {
	ex := &exchange{began: time.Now()}
	ex.Method, ex.URL = req.Method, maskURL(req.URL)
	if ex.Method == "" {
		ex.Method = http.MethodGet
	}
	if p, err := proxy(req.URL); err == nil && p != nil {
		bare := *p
		bare.User = nil
		ex.Proxy = bare.String()
	}
	base, _ := req.Context().Value(baseStringKey{}).(string)
	ex.BaseString = maskBaseString(base)
	return ex
}

func (ex *exchange) end(err error) {
	ex.Err, ex.At = err, time.Now()
	ex.Took = ex.At.Sub(ex.began)
}

func (ex *exchange) failed(err error) core.Exchange {
	ex.end(err)
	return ex.Exchange
}

// answered reads the body, notes it masked, and puts it back whole.
func (ex *exchange) answered(resp *http.Response) error {
	ex.Status, ex.Header = resp.StatusCode, maskHeader(resp.Header)
	// The header's time counts: it is what the Date header is compared with.
	ex.end(nil)
	whole, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	ex.Body = maskBody(whole)
	if err != nil {
		ex.end(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(whole))
	return err
}
