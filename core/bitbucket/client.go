package bitbucket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"applink/core"
)

var (
	// ErrNotJSON says that a successful answer was not JSON; often it is a login
	// page. Returned by [Client.Get] and all that use it.
	ErrNotJSON = errors.New("the answer is not JSON")
	// ErrNoList says that an answer is no list with pages. Returned by [Pages].
	ErrNoList = errors.New("the answer is not a list with pages")
	// ErrNoProgress says that a page named no later page although it was not
	// the last. Returned by [Pages].
	ErrNoProgress = errors.New("the list has a further page but does not say where it starts")
)

// Client asks the REST interface of one server. Who is asking is the business of
// its HTTP client, which signs or adds a token.
type Client struct {
	Base string // in the form that [ParseBaseURL] returns
	HTTP *http.Client
}

// New returns a client that speaks through rt and follows no redirects.
func New(base string, rt http.RoundTripper) *Client {
	return &Client{Base: base, HTTP: HTTPClient(rt)}
}

// APIError is an answer with a status outside of 200 to 299.
type APIError struct {
	Status int
	core.Refusal
}

// Error shows the status and what the server said.
func (e *APIError) Error() string {
	text := fmt.Sprintf("HTTP %d", e.Status)
	if len(e.Messages) > 0 {
		text += ": " + strings.Join(e.Messages, "; ")
	}
	return text
}

// URL returns the address of a path below the base, which may have a context
// path. The path is escaped already (url.PathEscape what may hold a slash) and may
// end in a query; both are kept byte for byte.
func (c *Client) URL(path string, query url.Values) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return strings.TrimRight(c.Base, "/") + withQuery(path, query.Encode())
}

// withQuery appends to the query of a path.
func withQuery(path, more string) string {
	switch _, query, has := strings.Cut(path, "?"); {
	case more == "":
		return path
	case !has:
		return path + "?" + more
	case query == "":
		return path + more
	}
	return path + "&" + more
}

// startingAt sets the parameter start in the query of a path and leaves the others
// as they were written.
func startingAt(path string, start int) string {
	path, query, _ := strings.Cut(path, "?")
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return pair == "" || name == "start"
	})
	return path + "?" + strings.Join(append(pairs, "start="+strconv.Itoa(start)), "&")
}

// Get asks for path, as [Client.URL] takes it, and decodes the answer into out.
// Errors are *[APIError], [ErrNotJSON] and those of the transport.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := c.get(ctx, path, query, out)
	return err
}

func (c *Client) get(ctx context.Context, path string, query url.Values, out any) (http.Header, error) {
	return c.Do(ctx, http.MethodGet, path, query, nil, out)
}

// Do is Get for any method, with a JSON body unless that is nil. An answer without
// a body, as a deletion has, leaves out as it is.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, in []byte, out any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL(path, query), bytes.NewReader(in))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	// Clients without a body limit of their own get one here.
	body, err := io.ReadAll(io.LimitReader(resp.Body, 16*DefaultBodyLimit))
	if err != nil {
		return resp.Header, fmt.Errorf("reading the answer: %w", err)
	}
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return resp.Header, &APIError{resp.StatusCode, core.ReadRefusal(resp.Header, body)}
	case len(body) == 0 && method != http.MethodGet:
		return resp.Header, nil
	case !isJSON(resp.Header):
		return resp.Header, fmt.Errorf("asking for %s: %w", path, ErrNotJSON)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return resp.Header, fmt.Errorf("decoding the answer: %w", err)
	}
	return resp.Header, nil
}

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json"))
}

// Pages reads a paged list and hands each page to each, which ends the reading
// by returning an error. The next page starts where the server says: rows that
// the user may not see are skipped, so it is not start plus limit. Query may be
// nil.
func Pages[T any](ctx context.Context, c *Client, path string, query url.Values, each func([]T) error) error {
	path = withQuery(path, query.Encode())
	for start := 0; ; {
		var page struct {
			Values []T  `json:"values"`
			Last   bool `json:"isLastPage"`
			Next   *int `json:"nextPageStart"`
		}
		if err := c.Get(ctx, path, nil, &page); err != nil {
			return err
		}
		if page.Values == nil && !page.Last && page.Next == nil {
			return ErrNoList
		}
		if err := each(page.Values); err != nil || page.Last {
			return err
		}
		if page.Next == nil || *page.Next <= start {
			return ErrNoProgress
		}
		start = *page.Next
		path = startingAt(path, start)
	}
}
