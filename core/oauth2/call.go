package oauth2

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"applink/core"
	"applink/core/bitbucket"
)

// call is one request to an OAuth 2 provider. It is the library's HTTP
// transport, because the library hands out little of a refusal and all of a
// secret.
type call struct {
	bitbucket.Call
	client  *Client
	doing   string
	asked   time.Time // before the request, so that lifetimes are not overrated
	dialled atomic.Bool
	reached atomic.Bool
	unsent  bool
}

func (c *Client) call(doing string) *call { return &call{client: c, doing: doing, asked: c.now()} }

// post sends a form of ours to an endpoint.
func (k *call) post(ctx context.Context, endpoint string, form url.Values) error {
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
func (k *call) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		k.Exchange = core.Exchange{Method: r.Method, URL: r.URL.String(), Err: err}
		k.unsent = true
		return nil, bitbucket.Refuse(r, err)
	}
	r = r.Clone(k.trace(r.Context()))
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	resp, err := k.Send(k.client.Transport, r)
	k.unsent = err != nil && k.dialled.Load() && !k.reached.Load()
	return resp, err
}

// trace notes whether there ever was a connection to send the request on.
func (k *call) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { k.dialled.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { k.reached.Store(true) },
	})
}

// token turns what came into a token or into an error of ours. The library's
// own text is dropped once there is an answer.
func (k *call) token(err error) (*Token, error) {
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
func (k *call) answer(err error) (reply, error) {
	switch {
	case k.Exchange.Err != nil:
		return reply{}, k.problem("")
	case k.Exchange.Status == 0:
		return reply{}, fmt.Errorf("%s: %w", k.doing, err)
	}
	answer, err := parseReply(k.Body)
	if answer.Error != "" {
		// Some servers refuse with status 200.
		return reply{}, k.refused(bitbucket.ErrorCode(answer.Error), answer.Description)
	}
	if k.Exchange.Status < 200 || k.Exchange.Status > 299 {
		return reply{}, k.refused("", "")
	}
	if err != nil {
		return reply{}, k.problem(err.Error())
	}
	return answer, nil
}

func (k *call) refused(code, description string) error {
	p := k.problem("refused")
	p.Refusal = &oauth2.RetrieveError{
		Response:  &http.Response{StatusCode: k.Exchange.Status, Status: fmt.Sprintf("%d %s", k.Exchange.Status, http.StatusText(k.Exchange.Status))},
		Body:      []byte(k.Exchange.Body),
		ErrorCode: code,
	}
	if code != "" {
		p.Reason, p.about = code, read(code, description)
	}
	return p
}

// page reports whether the answer is a page for people.
func (k *call) page() bool {
	return bytes.HasPrefix(bytes.TrimSpace(k.Body), []byte("<"))
}

func (k *call) problem(reason string) *ProblemError {
	return &ProblemError{ProblemError: &bitbucket.ProblemError{Doing: k.doing, Reason: reason, Exchange: k.Exchange}, Unsent: k.unsent}
}
