package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/callback"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
	"applink/core/practice/packagist"
	"applink/core/seal"
	"applink/tui"
)

// practiceFlags is the command line of practice.
type practiceFlags struct {
	version, context, listen string
	faults, knobs            []string
	consumers, clients       []string
	scopes                   string
	selfHosted, headless     bool
	https                    bool
}

// practiceJSON is the one line of "practice --headless".
type practiceJSON struct {
	BaseURL      string     `json:"base_url"`
	PackagistURL string     `json:"packagist_url"`
	Version      string     `json:"version"`
	Users        []userJSON `json:"users"`
	CAFile       string     `json:"ca_file,omitempty"`
}

type userJSON struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	Admin    bool   `json:"admin"`
}

var practiceUsers = []userJSON{{"admin", "admin", true}, {"jane", "jane", false}}

func (a *app) practiceCommand() *cobra.Command {
	var f practiceFlags
	c := &cobra.Command{
		Use: "practice", Short: "Try everything on a practice Bitbucket", Args: cobra.NoArgs,
		Long: `practice starts a practice Bitbucket and a practice Private Packagist on this
machine, and opens the wizard on them. Both are used in the browser like the real
ones: log in as admin (password admin) to administer, as jane (password jane) to
sign in. Nothing leaves this machine, and nothing is kept unless --db names a file.

With --headless it only serves: it prints one line of JSON (base_url, packagist_url,
version, users) when it is ready, and ends on SIGINT or SIGTERM.

Faults, to see what applink says about them:
` + faultList() + `
Knobs, for what Bitbucket lets administrators set and for what nobody has confirmed
of it, each with its default. Without --https the first two are true, as Bitbucket
would offer no OAuth 2 over http otherwise.
` + knobList(),
		Example: `  applink practice
  applink practice --bitbucket 7.17 --fault clock-skew
  applink practice --knob access.token.expiration.seconds=60 --knob scope-in-answer=true
  applink practice --headless --listen 127.0.0.1:7990 --bitbucket 8.19`,
		RunE: func(c *cobra.Command, _ []string) error { return a.practice(c.Context(), f) },
	}
	c.Flags().SortFlags = false
	usual := practiceDefaults()
	c.Flags().StringVar(&f.version, "bitbucket", usual.version, "version of the practice Bitbucket")
	c.Flags().StringVar(&f.context, "context", usual.context, "its context path; / for none")
	c.Flags().StringVar(&f.listen, "listen", usual.listen, "its address on this machine; port 0 takes a free one")
	c.Flags().StringArrayVar(&f.faults, "fault", nil, "switch a fault on; can be repeated")
	c.Flags().StringArrayVar(&f.knobs, "knob", nil, "NAME=VALUE: set a knob; can be repeated")
	c.Flags().BoolVar(&f.selfHosted, "self-hosted", false, "Private Packagist in its Self-Hosted look")
	c.Flags().BoolVar(&f.https, "https", false, "serve over https, with a certificate made on the spot; Bitbucket's https rules hold then")
	c.Flags().BoolVar(&f.headless, "headless", false, "only serve")
	c.Flags().StringArrayVar(&f.consumers, "consumer", nil, "KEY=FILE: an incoming OAuth 1 link that is in place already")
	c.Flags().StringArrayVar(&f.clients, "client", nil, "ID:SECRET@URL[,URL]: an incoming OAuth 2 link that is in place already")
	c.Flags().StringVar(&f.scopes, "scopes", "", "scope keys of those OAuth 2 links, such as REPO_READ")
	return c
}

// practiceDefaults are those of the flags.
func practiceDefaults() practiceFlags {
	return practiceFlags{version: "7.21", context: "/bitbucket", listen: "127.0.0.1:0"}
}

func faultList() string {
	var b strings.Builder
	for _, f := range practice.Faults() {
		fmt.Fprintf(&b, "  %-18s %s\n", f.Fault, f.What)
	}
	return b.String()
}

func knobList() string {
	var b strings.Builder
	for _, k := range practice.Knobs() {
		fmt.Fprintf(&b, "  %s=%s\n      %s\n", k.Name, k.Default, k.What)
	}
	return b.String()
}

func (a *app) practice(ctx context.Context, f practiceFlags) error {
	if !f.headless && a.face() == nobody {
		return finding.AnswerMissing.With("--headless")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o, err := f.options()
	if err != nil {
		return err
	}
	server, err := practice.Start(ctx, f.listen, o)
	if err != nil {
		return practiceRefused(f.listen, err)
	}
	defer server.Close()
	packagist, err := packagist.Start(ctx, "127.0.0.1:0", packagist.Options{
		SelfHosted: f.selfHosted, BaseURL: server.BaseURL(), TLS: f.https, RootCAs: server.CertPool()})
	if err != nil {
		return practiceRefused(f.listen, err)
	}
	defer packagist.Close()
	ca, forget, err := certificateFile(slices.Concat(server.CertPEM(), packagist.CertPEM()))
	if err != nil {
		return err
	}
	defer forget()
	if f.headless {
		return a.serveOnly(ctx, practiceJSON{server.BaseURL(), packagist.URL(), server.Bitbucket.Version(), practiceUsers, ca})
	}
	return a.rehearse(ctx, server, packagist, ca)
}

// certificateFile writes certificates where --ca-file can name them; without any
// there is no file.
func certificateFile(pem []byte) (path string, forget func(), err error) {
	if len(pem) == 0 {
		return "", func() {}, nil
	}
	dir, err := os.MkdirTemp("", "applink-practice-")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder for the certificate: %w", err)
	}
	path = filepath.Join(dir, "practice-ca.pem")
	if err := os.WriteFile(path, pem, 0o600); err != nil {
		return "", nil, fmt.Errorf("writing the certificate: %w", err)
	}
	return path, func() { os.RemoveAll(dir) }, nil
}

func (f practiceFlags) options() (practice.Options, error) {
	o := practice.Options{Version: f.version, ContextPath: f.context, TLS: f.https, RequireHTTPS: true}
	o.OAuth2.SkipBaseURLHTTPS, o.OAuth2.SkipRedirectURLHTTPS = !f.https, !f.https // unless a knob says otherwise
	for _, setting := range f.knobs {
		if err := o.SetKnob(setting); err != nil {
			return o, finding.InvalidKnob.With(setting, err.Error())
		}
	}
	for _, name := range f.faults {
		o.Faults = append(o.Faults, practice.Fault(name))
	}
	for _, c := range f.consumers {
		key, path, ok := strings.Cut(c, "=")
		if !ok {
			return o, finding.InvalidPracticeEntry.With(c, "KEY=FILE")
		}
		pem, err := os.ReadFile(path)
		if err != nil {
			return o, finding.FileUnreadable.With(path).Because(err.Error())
		}
		o.Consumers = append(o.Consumers, practice.Consumer{Key: key, Name: key, PublicKey: string(pem),
			ApplicationURL: "https://app.example.com/" + key})
	}
	for _, c := range f.clients {
		id, rest, ok := strings.Cut(c, ":")
		secret, redirect, ok2 := strings.Cut(rest, "@")
		if !ok || !ok2 {
			return o, finding.InvalidPracticeEntry.With(id, "ID:SECRET@URL")
		}
		o.Clients = append(o.Clients, practice.Client{ID: id, Secret: secret, Name: "Practice " + id,
			Redirect: redirect, Scopes: strings.Fields(f.scopes)})
	}
	return o, nil
}

func practiceRefused(listen string, err error) error {
	return finding.PracticeNotStarted.With(listen, err.Error())
}

// serveOnly tells where the servers are and serves until it is told to stop.
func (a *app) serveOnly(ctx context.Context, p practiceJSON) error {
	line, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("describing the servers: %w", err)
	}
	fmt.Fprintf(a.out, "%s\n", line)
	<-ctx.Done()
	return nil
}

// rehearse opens the wizard on the practice servers, over a database that is
// thrown away afterwards unless one was named.
func (a *app) rehearse(ctx context.Context, server *practice.Server, packagist *packagist.Server, ca string) error {
	if a.flags.db == "" {
		dir, err := os.MkdirTemp("", "applink-practice-")
		if err != nil {
			return fmt.Errorf("making a folder for the practice: %w", err)
		}
		defer os.RemoveAll(dir)
		defer a.forget()
		a.fleeting = true
		a.flags.db, a.flags.keySource = filepath.Join(dir, "practice.db"), string(seal.SourceFile)
	}
	a.trusted = string(slices.Concat(server.CertPEM(), packagist.CertPEM()))
	a.adapt = packagistAt(packagist.URL())
	s, err := a.session(ctx)
	if err != nil {
		return err
	}
	s.Proposals[core.FieldPlatform] = string(core.PlatformDataCenter)
	s.Proposals[core.FieldBaseURL] = server.BaseURL()
	s.Proposals[core.FieldAppURL] = packagist.URL()
	if ca != "" {
		s.Notes = append(s.Notes, "Its certificate was made on the spot: let the browser accept it. applink trusts "+ca+".")
	}
	s.Notes = append(s.Notes,
		fmt.Sprintf("Practice Bitbucket %s: %s", server.Bitbucket.Version(), server.BaseURL()),
		"Practice Private Packagist: "+packagist.URL())
	if s.Remote {
		s.Notes = append(s.Notes, "Where your browser runs, first: "+callback.ForwardCommand(a.destination(), port(server.BaseURL()), port(packagist.URL())))
	}
	s.Login = "Log in there as admin (password admin), or as jane (password jane)."
	s.Notes = append(s.Notes, s.Login)
	return a.wizard(ctx, s, tui.RunOptions{})
}

// port is the port of an address that names one.
func port(address string) int {
	u, _ := url.Parse(address)
	n, _ := strconv.Atoi(u.Port())
	return n
}

// packagistAt puts the URL of a practice server in the place of Private Packagist Cloud's.
func packagistAt(url string) func(*core.Application) {
	return func(app *core.Application) {
		if app.ID == "packagist-cloud" {
			app.URL = url
		}
	}
}

// forget closes a database that is about to be deleted.
func (a *app) forget() {
	if a.db != nil {
		a.db.Close()
		a.db, a.vault = nil, nil
	}
}
