package bitbucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
)

// answerJSON answers a path (with its query, when it has one) by its text; other
// paths get Bitbucket's 404.
func answerJSON(t *testing.T, answers map[string]string, user string) *Client {
	t.Helper()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		if user != "" {
			w.Header().Set("X-AUSERNAME", user)
		}
		text, ok := answers[r.URL.RequestURI()]
		if !ok {
			w.WriteHeader(404)
			text = `{"errors":[{"context":null,"message":"User x does not exist.","exceptionName":"com.atlassian.bitbucket.user.NoSuchUserException"}]}`
		}
		fmt.Fprint(w, text)
	})
	return New(s.URL+"/ctx", newTransport(t, Options{}))
}

func TestClientGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ctx/ok":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"q":%q}`, r.URL.Query().Get("q"))
		case "/ctx/html":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>Log in</title>")
		case "/ctx/moved":
			http.Redirect(w, r, "/login", http.StatusFound)
		case "/ctx/route":
			w.WriteHeader(404)
			fmt.Fprint(w, `{"message":"HTTP 404 Not Found","status-code":404,"sub-code":-1}`)
		default:
			w.WriteHeader(401)
			fmt.Fprint(w, `{"errors":[{"context":null,"message":"No.","exceptionName":"a.B"},{"message":"Never."}]}`)
		}
	})
	c := New(s.URL+"/ctx", newTransport(t, Options{}))
	var out struct{ Q string }
	if err := c.Get(t.Context(), "/ok", url.Values{"q": {"a b"}}, &out); err != nil || out.Q != "a b" {
		t.Errorf("ok: %+v, %v", out, err)
	}
	if err := c.Get(t.Context(), "html", nil, &out); !errors.Is(err, ErrNotJSON) {
		t.Errorf("html: %v", err)
	}
	for path, want := range map[string]APIError{
		"moved":   {Status: 302},
		"route":   {Status: 404, Refusal: core.Refusal{Messages: []string{"HTTP 404 Not Found"}}},
		"private": {Status: 401, Refusal: core.Refusal{Messages: []string{"No.", "Never."}, Exception: "a.B", Envelope: true}},
	} {
		var got *APIError
		if err := c.Get(t.Context(), path, nil, &out); !errors.As(err, &got) || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %v, want %+v", path, err, want)
		}
	}
}

func TestClientURL(t *testing.T) {
	c := New("https://h/ctx", nil)
	for path, want := range map[string]string{
		"/rest/a":          "https://h/ctx/rest/a",
		"rest/users/a%2Fb": "https://h/ctx/rest/users/a%2Fb",
		"/":                "https://h/ctx/",
		"/a//b/./c":        "https://h/ctx/a//b/./c",
		"/a?x=a;b&name=z":  "https://h/ctx/a?x=a;b&name=z",
		"?x":               "https://h/ctx/?x",
	} {
		if got := c.URL(path, nil); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestPages(t *testing.T) {
	c := answerJSON(t, map[string]string{
		"/ctx/gaps?limit=1":          `{"values":[1],"isLastPage":false,"start":0,"limit":1,"nextPageStart":2}`,
		"/ctx/gaps?limit=1&start=2":  `{"values":[],"isLastPage":false,"start":2,"limit":1,"nextPageStart":7}`,
		"/ctx/gaps?limit=1&start=7":  `{"values":[2,3],"isLastPage":true,"start":7,"limit":1,"nextPageStart":null}`,
		"/ctx/stuck?limit=1":         `{"values":[1],"isLastPage":false,"nextPageStart":2}`,
		"/ctx/stuck?limit=1&start=2": `{"values":[1],"isLastPage":false,"nextPageStart":2}`,
		"/ctx/lost?limit=1":          `{"values":[1],"isLastPage":false,"nextPageStart":null}`,
	}, "")
	query := url.Values{"limit": {"1"}}
	var got []int
	collect := func(page []int) error { got = append(got, page...); return nil }
	if err := Pages(t.Context(), c, "gaps", query, collect); err != nil || !reflect.DeepEqual(got, []int{1, 2, 3}) {
		t.Errorf("gaps: %v, %v", got, err)
	}
	if query.Has("start") {
		t.Error("the caller's query was changed")
	}
	for _, path := range []string{"stuck", "lost"} {
		if err := Pages(t.Context(), c, path, query, collect); !errors.Is(err, ErrNoProgress) {
			t.Errorf("%s: %v", path, err)
		}
	}
	c = answerJSON(t, map[string]string{
		"/ctx/odd?x=a;b&start=5&x=%2F+%20": `{"values":[5],"nextPageStart":6}`,
		"/ctx/odd?x=a;b&x=%2F+%20&start=6": `{"values":[6],"nextPageStart":9}`,
		"/ctx/odd?x=a;b&x=%2F+%20&start=9": `{"values":[9],"isLastPage":true}`,
		"/ctx/gaps?limit=1":                `{"values":[1],"nextPageStart":2}`,
	}, "")
	got = nil
	if err := Pages(t.Context(), c, "odd?x=a;b&start=5&x=%2F+%20", nil, collect); err != nil || !reflect.DeepEqual(got, []int{5, 6, 9}) {
		t.Errorf("a query that was written by hand: %v, %v", got, err)
	}
	enough := errors.New("enough")
	if err := Pages(t.Context(), c, "gaps", query, func([]int) error { return enough }); err != enough {
		t.Errorf("ended by the callback: %v", err)
	}
}

func TestUser(t *testing.T) {
	const props = "/ctx/rest/api/1.0/application-properties"
	const users = "/ctx/rest/api/1.0/users"
	record := func(name, slug string, id int) string {
		return fmt.Sprintf(`{"name":%q,"emailAddress":"x@y","id":%d,"displayName":"J","slug":%q}`, name, id, slug)
	}
	page := func(records ...string) string {
		return `{"isLastPage":true,"values":[` + strings.Join(records, ",") + `]}`
	}
	for _, tt := range []struct {
		name, header string
		answers      map[string]string
		want         Identity
	}{
		{"plain", "jane", map[string]string{users + "/jane": record("jane", "jane", 4)}, Identity{4, "jane", "jane", "J"}},
		{"by filter", "jane%40acme", map[string]string{
			users + "?filter=jane%40acme": page(record("jane@acme2", "a", 8), record("jane@acme", "jane_acme", 42)),
		}, Identity{42, "jane@acme", "jane_acme", "J"}},
		{"slug of somebody else", "jane_acme", map[string]string{
			users + "/jane_acme":        record("jane@acme", "jane_acme", 42),
			users + "?filter=jane_acme": page(record("jane_acme", "jane_acme2", 43)),
		}, Identity{43, "jane_acme", "jane_acme2", "J"}},
		{"plus is a plus", "a+b", map[string]string{
			users + "?filter=a%2Bb": page(record("a+b", "a_b", 5)),
		}, Identity{5, "a+b", "a_b", "J"}},
		{"plus is a space", "a+b", map[string]string{
			users + "?filter=a%2Bb": page(),
			users + "/a%20b":        record("a b", "a b", 6),
		}, Identity{6, "a b", "a b", "J"}},
	} {
		tt.answers[props] = `{"displayName":"Bitbucket"}`
		got, err := answerJSON(t, tt.answers, tt.header).User(t.Context())
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.name, got, err, tt.want)
		}
	}
	_, err := answerJSON(t, map[string]string{props: "{}"}, "").User(t.Context())
	wantCode(t, err, finding.UserUnknown.Code())
	got, err := answerJSON(t, map[string]string{props: "{}", users + "?filter=ghost": page()}, "ghost").User(t.Context())
	if err == nil || got.Name != "ghost" || got.ID != 0 {
		t.Errorf("without a record: %+v, %v", got, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := answerJSON(t, nil, "").User(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A good answer as text/json is JSON.
func TestClientTakesTextJSON(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/json;charset=UTF-8")
		fmt.Fprint(w, `{"q":"a"}`)
	})
	var out struct{ Q string }
	if err := New(s.URL, newTransport(t, Options{})).Get(t.Context(), "/", nil, &out); err != nil || out.Q != "a" {
		t.Errorf("%+v, %v", out, err)
	}
}
