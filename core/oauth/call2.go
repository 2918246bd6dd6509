package oauth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"applink/core"
	"applink/core/bitbucket"
)

// call2 is one request to an OAuth 2 provider. It is the library's HTTP
// transport, because the library hands out little of a refusal and all of a
// secret.
type call2 struct {
	client   *Client
	doing    string
	asked    time.Time // before the request, so that lifetimes are not overrated
	exchange core.Exchange
	body     []byte // of the answer, not masked
	dialled  atomic.Bool
	reached  atomic.Bool
	unsent   bool
}

func (c *Client) call(doing string) *call2 { return &call2{client: c, doing: doing, asked: c.now()} }

// post sends a form of ours to an endpoint.
func (k *call2) post(ctx context.Context, endpoint string, form url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, err = k.RoundTrip(r)
	return err
}

// RoundTrip sends the request and records it. The answer is read up to the
// limit, and the library gets a copy of it.
func (k *call2) RoundTrip(r *http.Request) (*http.Response, error) {
	k.exchange = core.Exchange{Method: r.Method, URL: r.URL.String()}
	if err := r.Context().Err(); err != nil {
		k.unsent, k.exchange.Err = true, err
		return nil, errors.Join(err, closeBody(r))
	}
	recorder := &bitbucket.Recorder{}
	r = r.Clone(k.trace(bitbucket.WithRecorder(r.Context(), recorder)))
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	resp, err := send(k.client.Transport, r)
	if err == nil {
		k.exchange.Status = resp.StatusCode // headers are left to the recorder, which masks them
		k.body, err = io.ReadAll(io.LimitReader(resp.Body, replyLimit+1))
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(k.body))
	}
	if recorded, ok := recorder.Last(); ok {
		k.exchange = recorded
	}
	if err != nil {
		k.exchange.Err, k.unsent = err, k.dialled.Load() && !k.reached.Load()
		return nil, err
	}
	return resp, nil
}

// trace notes whether there ever was a connection to send the request on.
func (k *call2) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { k.dialled.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { k.reached.Store(true) },
	})
}

// token turns what came into a token or into an error of ours. The library's
// own text is dropped once there is an answer.
func (k *call2) token(err error) (*Token2, error) {
	answer, err := k.answer(err)
	if err != nil {
		return nil, err
	}
	token, err := answer.token(k.asked)
	if err != nil {
		return nil, k.problem(err.Error())
	}
	return token, nil
}

// answer returns what the server granted, whatever it is.
func (k *call2) answer(err error) (reply2, error) {
	switch {
	case k.exchange.Err != nil:
		return reply2{}, k.problem("")
	case k.exchange.Status == 0:
		return reply2{}, fmt.Errorf("%s: %w", k.doing, err)
	}
	answer, err := parseReply2(k.body)
	if answer.Error != "" {
		// Some servers refuse with status 200.
		return reply2{}, k.refused(answer.code(), answer.Description)
	}
	if k.exchange.Status < 200 || k.exchange.Status > 299 {
		return reply2{}, k.refused("", "")
	}
	if err != nil {
		return reply2{}, k.problem(err.Error())
	}
	return answer, nil
}

func (k *call2) refused(code, description string) error {
	p := k.problem("refused")
	if code != "" {
		p.Reason, p.OAuthError, p.about = code, code, read(code, description)
	}
	return p
}

// page reports whether the answer is a page for people.
func (k *call2) page() bool {
	return bytes.HasPrefix(bytes.TrimSpace(k.body), []byte("<"))
}

func (k *call2) problem(reason string) *ProblemError {
	return &ProblemError{Doing: k.doing, Reason: reason, Exchange: k.exchange, Unsent: k.unsent}
}
