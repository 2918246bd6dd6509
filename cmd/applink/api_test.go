package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"applink/core/bitbucket"
	"applink/core/finding"
)

// What is asked for is what was given, byte for byte, or nothing is asked.
func TestAPISendsWhatWasGiven(t *testing.T) {
	var asked []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"values":[1],"isLastPage":true}`))
	}))
	defer web.Close()
	base := web.URL + "/bitbucket"
	client := &bitbucket.Client{Base: base, HTTP: http.DefaultClient}
	for _, path := range []string{
		"/rest/x?x=a;b&name=z", "/rest/x?a=1&b=2&a=3", "/rest/x?b=%zz&a=%2f%2F+%20", "/rest/x?", "/rest/x?&&=&a", "/rest//x/./y",
		"/rest/a%2Fb%20c/d", "/rest/x?q=a|b{c}\"<>\\^`[]", "/rest/x?u=https://h/../y", "/rest/x(1);v=2,3", "?x=1", "",
	} {
		for _, given := range []string{path, base + path} {
			for _, all := range []bool{false, true} {
				asked = nil
				k := apiCall{method: http.MethodGet, all: all}
				var err error
				if k.path, err = below(base, given); err != nil {
					t.Errorf("%s: %v", given, err)
					continue
				}
				a := &app{out: &bytes.Buffer{}}
				want := "/bitbucket" + path
				if path == "" || path[0] != '/' {
					want = "/bitbucket/" + path
				}
				if err := a.print(t.Context(), client, k); err != nil || len(asked) != 1 || asked[0] != want {
					t.Errorf("%s was asked as %q, %v", given, asked, err)
				}
			}
		}
	}
}

func TestAPIRefusesWhatCannotBeSent(t *testing.T) {
	const base = "https://git.example/bitbucket"
	for path, want := range map[string]error{
		"/rest/x?name=a b": finding.InvalidRequestPath, "/rest/ü": finding.InvalidRequestPath, "/rest/x?name=ü": finding.InvalidRequestPath, "/rest/x#y": finding.InvalidRequestPath, "/rest/x?a=1#y": finding.InvalidRequestPath,
		"/rest/%zz": finding.InvalidRequestPath, "/rest/a|b": finding.InvalidRequestPath, "/rest/\x1b": finding.InvalidRequestPath, "/rest?\r\nHost: evil": finding.InvalidRequestPath, "/rest/\x9b": finding.InvalidRequestPath,
		"/rest/../x": finding.NotBelowBaseURL, "/rest/%2e%2E/x": finding.NotBelowBaseURL, "/%2e%2e%2f": finding.NotBelowBaseURL, "..": finding.NotBelowBaseURL,
		"https://other.example/x": finding.NotBelowBaseURL, base + "s/x": finding.NotBelowBaseURL, "https://git.example/": finding.NotBelowBaseURL,
	} {
		if got, err := below(base, path); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v, want %s", path, got, err, want)
		}
	}
	a := &app{}
	for _, method := range []string{"GE T", "GET\r\n", "É", "(X)"} {
		if err := a.readCall(&apiCall{method: method}, "/rest", ""); !errors.Is(err, finding.InvalidMethod) {
			t.Errorf("method %q: %v", method, err)
		}
	}
}

// A program reads the whole answer, a person what a terminal may be shown.
func TestAPIPrintsTheAnswerWhole(t *testing.T) {
	const answer = "{\"name\":\"a\u009b31m\u202e\x7f\\u001b[2J\"}"
	a := &app{out: &bytes.Buffer{}}
	if got := a.shown(json.RawMessage(answer)); got != answer {
		t.Errorf("piped: %q", got)
	}
}
