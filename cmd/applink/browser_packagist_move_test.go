//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"applink/core"
	"applink/core/finding"
	drive "applink/core/practice/browser"
)

// TestMigrateByHand adopts a link of Private Packagist that was made by hand into an
// empty database and moves it to OAuth 2, killed at every place: one link is active
// all the time, and users sign in over the old one until "Edit Integration" is saved
// there, and over the new one from then on.
func TestMigrateByHand(t *testing.T) {
	heavy(t)
	for _, version := range versions2 {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			server := serve(t, version, false)
			movePackagist(t, version, server, server.forms(t), "packagist-cloud")
		})
	}
	t.Run("self-hosted", func(t *testing.T) {
		t.Parallel()
		server := serve(t, "8.19", true)
		movePackagist(t, "8.19", server, server.forms(t), "packagist-self-hosted")
	})
	t.Run("https", func(t *testing.T) {
		t.Parallel()
		server := serveHTTPS(t, "8.19")
		movePackagist(t, "8.19", server, server.forms(t), "packagist-cloud")
	})
}

// TestChromiumMigrateByHand is the same with the pages in Chromium.
func TestChromiumMigrateByHand(t *testing.T) {
	window := startChromium(t)
	for _, version := range versions2 {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			movePackagist(t, version, serve(t, version, false), newChromium(t, window), "packagist-cloud")
		})
	}
}

const (
	byHandName = "On-premise Bitbucket"
	byHandSlug = "onpremisebitbucket"
)

func movePackagist(t *testing.T, version string, server *servers, b browser, application string) {
	m := newMachine(t, envPackagist+"="+server.packagist)
	r := &rehearsal{browser: b, version: version, bitbucket: server.bitbucket, packagist: server.packagist}
	h := linkByHand(t, server)
	signsIn := func(o core.OAuth) {
		t.Helper()
		if who := b.signIn(h.login, byHandName, "jane"); who != "Jane Doe (jane)" || server.lastConsent() != o {
			t.Fatalf("Private Packagist is signed in to as %q over %s, want %s", who, server.lastConsent(), o)
		}
	}
	signsIn(core.OAuth1)
	m.adopt(server, h, application)
	before := m.shown(byHandSlug)
	r.terminal = m.start(80, 24, "migrate", byHandSlug)

	w := newMove(m, server, byHandSlug, "migrate", r)
	used, callback := core.OAuth1, ""
	w.hands["form"] = hands{func() { callback = w.editIntegration(w.packagist, byHandName) }, w.enter}
	w.hands["callback/callback"] = hands{nil, func() { w.paste(callback); w.enter() }}
	w.hands["create-link"] = hands{func() { w.create("Repositories: Read") }, w.enter}
	w.hands["credentials/client-secret"] = hands{func() {
		server.keepBack() // so that it is killed with the secret on its way
		w.paste(w.secret)
		w.enter()
		w.waitFor("Asking")
	}, func() {
		if application == "packagist-cloud" { // the others go on without
			w.paste(w.secret)
			w.enter()
			w.waitFor("accepts the Client secret", "not kept")
			w.enter()
			return
		}
		w.enter()
		w.waitFor("Go on without proof?")
		w.send("y")
	}}
	w.hands["finish"] = hands{func() {
		w.same("Client ID / Key", w.id)
		w.saveIntegration(w.id, w.secret)
		used = core.OAuth2
	}, w.enter}
	w.holds = func() {
		want := []string{"OAuth 1 active", "OAuth 2 draft"}
		if place, _ := w.place(); place == done {
			want = []string{"OAuth 1 superseded", "OAuth 2 active"}
		}
		m.linksAre(byHandSlug, want...)
		signsIn(used)
		m.moves(byHandSlug, "--back", exitFinding, finding.RollbackInApplication.String())
	}
	w.walk()
	w.kill()

	after := m.shown(byHandSlug)
	if after.Name != before.Name || after.Slug != before.Slug || after.Answers["login-link"] != before.Answers["login-link"] {
		t.Errorf("it was\n%+v\nand is\n%+v", before, after)
	}
	if link := b.loginLink(server.packagist, byHandName); link != h.login {
		t.Errorf("the login link %s became %s", h.login, link)
	}
	m.moves(byHandSlug, "--retired", exitFinding, finding.OldLinkStillAccepted.String())
	w.retire(func() error { return server.signedIn(t, "admin").DeleteClient(t.Context(), h.id) })
	signsIn(core.OAuth2)
}

// handMade is a link that Private Packagist uses and applink does not know.
type handMade struct{ id, key, publicKey, login string }

func linkByHand(t *testing.T, server *servers) handMade {
	t.Helper()
	ctx, packagist := t.Context(), server.admin()
	var h handMade
	var err error
	if h.key, h.publicKey, err = packagist.AddOAuth1(ctx, byHandName, server.bitbucket); err != nil {
		t.Fatal(err)
	}
	if h.login, err = packagist.LoginLink(ctx); err != nil {
		t.Fatal(err)
	}
	h.id, err = server.signedIn(t, "admin").CreateOAuth1Link(ctx, drive.LinkForm{ApplicationURL: server.packagist,
		Name: "Private Packagist", ConsumerKey: h.key, PublicKey: h.publicKey})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// adopt takes the link over into an empty database.
func (m *machine) adopt(server *servers, h handMade, application string) {
	m.t.Helper()
	key := filepath.Join(m.dir, "public.pem")
	if err := os.WriteFile(key, []byte(h.publicKey), 0o600); err != nil {
		m.t.Fatal(err)
	}
	args := []string{"adopt", "--application", application, "--name", byHandName, "--purpose", "sign-in",
		"--base-url", server.bitbucket, "--client-id", h.key, "--public-key", key}
	if application == "packagist-self-hosted" {
		args = append(args, "--app-url", server.packagist)
	} else {
		args = append(args, "--login-link", h.login)
	}
	if server.caFile != "" {
		args = append(args, "--ca-file", server.caFile)
	}
	if out, stderr, code := m.run(args...); code != exitOK {
		m.t.Fatalf("adopt: exit code %d\n%s%s", code, out, stderr)
	}
	m.linksAre(byHandSlug, "OAuth 1 active")
}
