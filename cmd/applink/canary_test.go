//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/auth"
	"applink/core/guide"
	practice "applink/core/practice/bitbucket"
	"applink/core/seal"
	"applink/store"
)

// piece is a secret in one of the forms in which it could leak.
type piece struct{ name, text string }

// pieces are what a private key could be recognised by: its primes and its
// private exponent as bytes, hexadecimal and decimal digits, and the base64 of its
// DER forms, in stretches that a line break of a PEM does not cut.
func pieces(key *rsa.PrivateKey) []piece {
	var all []piece
	for name, n := range map[string][]byte{"d": key.D.Bytes(), "p": key.Primes[0].Bytes(), "q": key.Primes[1].Bytes()} {
		all = append(all, piece{name + " in bytes", string(n[:32])}, piece{name + " in hexadecimal", hex.EncodeToString(n[:16])})
	}
	all = append(all, piece{"p in digits", key.Primes[0].String()[:40]})
	for name, der := range map[string][]byte{"PKCS#8": must(x509.MarshalPKCS8PrivateKey(key)), "PKCS#1": x509.MarshalPKCS1PrivateKey(key)} {
		text := base64.StdEncoding.EncodeToString(der)
		// The first half of PKCS#1 and of PKCS#8 is the public modulus.
		for at := 64 * (len(text) / 64 / 2); at+64 <= len(text); at += 64 {
			all = append(all, piece{fmt.Sprintf("%s line %d", name, at/64), text[at : at+64]})
		}
	}
	return all
}

// absent reports where a secret stands in clear: in the database's files, or in
// something that was printed.
func (m *machine) absent(p piece, printed ...string) {
	m.t.Helper()
	for _, text := range printed {
		if strings.Contains(text, p.text) {
			m.t.Errorf("%s stands in what was printed", p.name)
		}
	}
	filepath.WalkDir(m.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(p.text)) {
			m.t.Errorf("%s stands in %s", p.name, filepath.Base(path))
		}
		return err
	})
}

// eavesdropper is a practice Bitbucket that notes the secrets which it exchanges
// with applink.
type eavesdropper struct {
	*httptest.Server
	mu    sync.Mutex
	heard []piece
}

var verifierSent = regexp.MustCompile(`oauth_verifier="([^"]+)"`)

func eavesdrop(t *testing.T) *eavesdropper {
	t.Helper()
	b, err := practice.New(practice.Options{Version: "7.17"})
	if err != nil {
		t.Fatal(err)
	}
	e := &eavesdropper{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		b.ServeHTTP(answer, r)
		e.listen(r, answer.Body.String())
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *eavesdropper) base() string { return e.URL + "/bitbucket" }

// listen notes what a token endpoint gave out, but for the request token, which is
// part of the URL that is shown.
func (e *eavesdropper) listen(r *http.Request, body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	values, err := url.ParseQuery(body)
	if err != nil || !strings.Contains(r.URL.Path, "/plugins/servlet/oauth/") || values.Get("oauth_token") == "" {
		return
	}
	secrets := []string{"oauth_token_secret", "oauth_session_handle"}
	if strings.HasSuffix(r.URL.Path, "/access-token") {
		secrets = append(secrets, "oauth_token")
		if sent := verifierSent.FindStringSubmatch(r.Header.Get("Authorization")); sent != nil {
			e.heard = append(e.heard, piece{"the verifier", sent[1]})
		}
	}
	for _, name := range secrets {
		if v := values.Get(name); v != "" {
			e.heard = append(e.heard, piece{name, v})
		}
	}
}

// privateKey opens the key of an integration through the library, as the binary
// does.
func (m *machine) privateKey(slug string) *rsa.PrivateKey {
	m.t.Helper()
	ctx := context.Background()
	db := must(store.Open(ctx, filepath.Join(m.dir, "applink.db")))
	defer db.Close()
	lib := auth.New(db, seal.NewVault(db, seal.Options{Database: db.Path()}), must(guide.Applications()))
	key, err := lib.PrivateKey(ctx, must(lib.Find(ctx, slug)).Link.ID)
	if err != nil || key == nil {
		m.t.Fatalf("opening the private key: %v", err)
	}
	return key.RSA()
}

// arguments are command line and environment of a running process, as every other
// process of the user can read them.
func (tm *terminal) arguments() string {
	folder := fmt.Sprintf("/proc/%d/", tm.cmd.Process.Pid)
	line, err := os.ReadFile(folder + "cmdline")
	if err != nil {
		tm.t.Logf("process arguments cannot be read here: %v", err)
	}
	environ, _ := os.ReadFile(folder + "environ")
	return string(line) + string(environ)
}

// A whole set-up, looked at everywhere where a secret could have leaked to.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	for name, walk := range map[string]func(m *machine, base string) *terminal{"full screen": walkFullScreen, "plain": walkPlain} {
		t.Run(name, func(t *testing.T) {
			e, m := eavesdrop(t), newMachine(t)
			m.t = t
			tm := walk(m, e.base())
			printed := []string{tm.stream(), tm.arguments()}
			tm.kill() // leaves the write-ahead log
			if log, err := os.Stat(filepath.Join(m.dir, "applink.db-wal")); err != nil || log.Size() == 0 {
				t.Errorf("there is no write-ahead log to search: %v", err)
			}
			secrets := append([]piece(nil), e.heard...)
			if len(secrets) < 4 {
				t.Fatalf("too few secrets were exchanged: %v", secrets)
			}
			for _, s := range secrets {
				m.absent(s, printed...)
			}
			key := m.privateKey("buildfarm")
			secrets = append(secrets, pieces(key)...)
			for _, args := range [][]string{{"list", "--json"}, {"list"}, {"show", "buildfarm", "--json"}, {"show", "buildfarm"}, {"show", "buildfarm", "--summary"},
				{"check", "buildfarm", "--json"}, {"check", "--all"}, {"setup", "buildfarm", "--json"}, {"remove", "buildfarm", "--dry-run"},
				{"copy", "buildfarm", "private-key"}, {"copy", "buildfarm", "public-key", "--print"}} {
				out, stderr, _ := m.run(args...)
				printed = append(printed, out, stderr)
			}
			for _, s := range secrets {
				m.absent(s, printed...)
			}
			if pem := pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key))); !leaks(pieces(key), pem) {
				t.Error("the search would not find the key if it were there")
			}
		})
	}
}

func leaks(secrets []piece, text string) bool {
	for _, s := range secrets {
		if strings.Contains(text, s.text) {
			return true
		}
	}
	return false
}

// walkFullScreen goes to the end, and looks at the evidence of the proofs.
func walkFullScreen(m *machine, base string) *terminal {
	evidence := func(before func(*terminal)) func(*terminal) {
		return func(tm *terminal) {
			before(tm)
			tm.waitFor("✓ ")
			tm.send("e")
			tm.waitFor("esc back", "scroll")
			tm.send(strings.Repeat("\x1b[6~", 5)) // page down
			tm.waitFor("This page holds")
			tm.send(escape)
			tm.waitFor("✓ ", "▸ enter")
			tm.send(enter)
		}
	}
	tm := m.start(80, 24, "setup", "--reduced-motion")
	stages := ownApplication(m, base)
	for i := range stages {
		switch stages[i].name {
		case "incoming":
			stages[i].leave = evidence(func(*terminal) { m.createLink(base) })
		case "authorize":
			stages[i].leave = evidence(func(tm *terminal) { allow(tm, base) })
		}
	}
	tm.walk(stages, "done")
	return tm
}

// walkPlain does the same line by line.
func walkPlain(m *machine, base string) *terminal {
	tm := m.start(80, 24, "setup", "--plain", "--application", "own", "--app-url", appURL, "--name", appName,
		"--purpose", "sign-in", "--platform", "data-center", "--base-url", base)
	read := 0
	see := func(text string) string {
		m.t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			s := tm.stream()
			if i := strings.Index(s[read:], text); i >= 0 {
				seen := s[read : read+i+len(text)]
				read += i + len(text)
				return seen
			}
			if time.Now().After(deadline) {
				m.t.Fatalf("waited for %q; unread is\n%s", text, s[read:])
			}
		}
	}
	for _, talk := range [][2]string{{"Proved (reach)", ""}, {"Press Enter to go on", "\n"}, {"is done", "\n"}, {"Not yet", ""}} {
		see(talk[0])
		tm.send(talk[1])
	}
	m.createLink(base)
	tm.send("retry\n")
	for _, talk := range [][2]string{{"Proved (consumer)", ""}, {"Press Enter to go on", "\n"}, {"Press Enter to begin", "\n"}} {
		see(talk[0])
		tm.send(talk[1])
	}
	page := see("/oauth/authorize?") + see("\n")
	allowed(m.t, base, strings.TrimSpace(page[strings.LastIndex(page, base):]))
	for _, talk := range [][2]string{{"signed in as jane", ""}, {"Press Enter to go on", "\n"}, {"is set up", ""}} {
		see(talk[0])
		tm.send(talk[1])
	}
	return tm
}
