package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/setup"
	"applink/core/walk"
)

// apiCall is one command line of api.
type apiCall struct {
	method, path string // the path with its query, as it was given
	body         []byte // nil for none
	all          bool
}

func (a *app) apiCommand() *cobra.Command {
	var k apiCall
	var file string
	c := &cobra.Command{
		Use: "api NAME PATH", Short: "Ask Bitbucket's REST interface", Args: arguments("NAME", "PATH"),
		Long: `api asks Bitbucket's REST interface as the user whose tokens "authorize --keep" has
kept, over OAuth 1 or OAuth 2, and prints the JSON that it answers. PATH is what
stands behind the base URL, query included; it is sent byte for byte, or refused. On
a terminal the JSON is shown without what a terminal would obey; piped it is whole.

With --all a list is followed to its last page and printed as one JSON array. An
array that is not closed was broken off; the exit code says so too.`,
		Example: `  applink api buildfarm /rest/api/latest/projects
  applink api buildfarm "/rest/api/latest/repos?limit=100" --all
  applink api buildfarm /rest/api/latest/projects -X POST --data-file project.json`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.readCall(&k, args[1], file); err != nil {
				return err
			}
			return a.api(c.Context(), args[0], k)
		},
	}
	c.Flags().StringVarP(&k.method, "method", "X", "", "HTTP method (default GET, or POST with --data-file)")
	c.Flags().StringVar(&file, "data-file", "", "file with the JSON to send; - for standard input")
	c.Flags().BoolVar(&k.all, "all", false, "follow a list to its last page")
	return c
}

func (a *app) readCall(k *apiCall, path, file string) error {
	if k.path = path; file != "" {
		text, err := a.readFile(file)
		if err != nil {
			return err
		}
		if k.body = []byte(text); !json.Valid(k.body) {
			return finding.NotJSON.With(file)
		}
	}
	if k.method = strings.ToUpper(k.method); k.method == "" {
		k.method = http.MethodGet
		if k.body != nil {
			k.method = http.MethodPost
		}
	}
	if strings.Trim(k.method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return finding.InvalidMethod.With(k.method)
	}
	if k.all && k.method != http.MethodGet {
		return finding.PagesNeedGet.With()
	}
	return nil
}

func (a *app) api(ctx context.Context, name string, k apiCall) error {
	lib, _, err := a.acting(ctx)
	if err != nil {
		return err
	}
	defer lib.Close()
	s, err := lib.InUse(ctx, name)
	if err != nil {
		return err
	}
	client, err := lib.Client(ctx, name)
	if err != nil {
		return err
	}
	base := s.Value(core.FieldBaseURL)
	if k.path, err = below(base, k.path); err != nil {
		return err
	}
	noted := &lastExchange{next: client.Transport}
	client.Transport = noted
	if err := a.print(ctx, &bitbucket.Client{Base: base, HTTP: client}, k); err != nil {
		if ctx.Err() != nil {
			return walk.ErrInterrupted
		}
		return refusal(s, noted.last, err)
	}
	if f := anonymous(s, noted.last); f != nil {
		f.Warning = true
		return f
	}
	return nil
}

// below returns the path, query included, that a caller wants to be asked for below
// the base URL, and refuses what is not there or cannot be sent as it is.
func below(base, path string) (string, error) {
	rest, whole := strings.CutPrefix(path, base)
	bare, _, _ := strings.Cut(rest, "?")
	plain, err := url.PathUnescape(bare)
	switch {
	case whole && bare != "" && !strings.HasPrefix(bare, "/"), strings.Contains(bare, "://"), strings.Contains("/"+plain+"/", "/../"):
		return "", finding.NotBelowBaseURL.With(path, base)
	case err != nil:
		return "", finding.InvalidRequestPath.With(path, "a % without two hexadecimal digits behind it is written %25").Because(err.Error())
	}
	for _, r := range rest {
		if r <= ' ' || r >= 0x7f || r == '#' {
			return "", finding.InvalidRequestPath.With(path, fmt.Sprintf("%q is written %s", r, escaped(r)))
		}
	}
	address := (&bitbucket.Client{Base: base}).URL(rest, nil)
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(address, u.Host+u.RequestURI()) {
		return "", finding.InvalidRequestPath.With(path, "the path has a character that is not allowed there")
	}
	return rest, nil
}

// escaped writes a character as it stands in an address.
func escaped(r rune) string {
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// shown is an answer as it is printed: whole where a program reads it, without what a
// terminal would obey where one shows it.
func (a *app) shown(answer json.RawMessage) string {
	if isTerminal(a.out) {
		return core.Printable(string(answer))
	}
	return string(answer)
}

// print asks and prints what is answered.
func (a *app) print(ctx context.Context, c *bitbucket.Client, k apiCall) error {
	if !k.all {
		var answer json.RawMessage
		if _, err := c.Do(ctx, k.method, k.path, nil, k.body, &answer); err != nil || answer == nil {
			return err
		}
		_, err := fmt.Fprintln(a.out, a.shown(answer))
		return err
	}
	before := "["
	err := bitbucket.Pages(ctx, c, k.path, nil, func(page []json.RawMessage) error {
		for _, entry := range page {
			if _, err := fmt.Fprint(a.out, before, a.shown(entry)); err != nil {
				return err
			}
			before = ",\n"
		}
		return nil
	})
	if err != nil {
		return err
	}
	if before == "[" {
		fmt.Fprint(a.out, before)
	}
	_, err = fmt.Fprintln(a.out, "]")
	return err
}

// lastExchange notes the last exchange, which explains a refusal.
type lastExchange struct {
	next http.RoundTripper
	last core.Exchange
}

// RoundTrip passes a request on.
func (l *lastExchange) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := &bitbucket.Recorder{}
	resp, err := l.next.RoundTrip(r.WithContext(bitbucket.WithRecorder(r.Context(), recorder)))
	l.last, _ = recorder.Last()
	return resp, err
}

// refusal explains why there is no answer: Bitbucket's own words where it names a
// cause, else what keeps the call from being the user's.
func refusal(s *setup.State, last core.Exchange, err error) error {
	var found *core.Finding
	var said *bitbucket.APIError
	if errors.As(err, &said) { // read again: it has what the server repeats of the token, too
		err = &bitbucket.APIError{Status: last.Status, Refusal: core.ReadRefusal(last.Header, last.Body)}
	}
	switch {
	case errors.As(asFinding(err), &found):
		return found
	case diagnose.Told(last) != nil:
		return diagnose.Told(last)
	case errors.Is(err, bitbucket.ErrNoList):
		return finding.NotAList.With()
	case last.Status == http.StatusNotFound: // the base URL is right: the link was set up with it
		return finding.RequestRefused.With("404", "there is nothing at "+pathOf(last)+" that the user may see.").Because(err.Error())
	case last.Status != 0:
		if found = anonymous(s, last); found != nil {
			return found
		}
		return finding.UnexpectedResponse.With(strconv.Itoa(last.Status)).Because(err.Error())
	}
	return diagnose.Network(err, s.Value(core.FieldBaseURL))
}

func pathOf(ex core.Exchange) string {
	if u, err := url.Parse(ex.URL); err == nil {
		return u.Path
	}
	return "this path"
}

// anonymous explains an answer to somebody other than the user, nil when the user
// got it.
func anonymous(s *setup.State, last core.Exchange) *core.Finding {
	if s.OAuth() == core.OAuth2 {
		return diagnose.Bearer(last)
	}
	return diagnose.Signed(last)
}
