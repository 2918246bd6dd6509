//go:build unix

package main

import (
	"strings"
	"testing"

	"applink/core"
	"applink/core/finding"
)

// TestMigrate moves an application from OAuth 1 to OAuth 2, killed at every place:
// one link is active all the time and does its work, and the set-up goes on where it
// was. Then it goes back and forth, and the old link is retired once it is gone.
func TestMigrate(t *testing.T) {
	heavy(t)
	for _, version := range versions2 {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			server := serve(t, version, false)
			moveOwn(t, version, server, server.forms(t))
		})
	}
}

// TestChromiumMigrate is the same with the pages in Chromium, its page about the
// certificate of this machine's listener too.
func TestChromiumMigrate(t *testing.T) {
	window := startChromium(t)
	for _, version := range versions2 {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			moveOwn(t, version, serve(t, version, false), newChromium(t, window))
		})
	}
}

const slugOfApp = "buildfarm"

func moveOwn(t *testing.T, version string, server *servers, b browser) {
	m := newMachine(t)
	old := m.setUpOAuth1(server.bitbucket)
	m.keepTokens(server.bitbucket)
	r := &rehearsal{terminal: m.start(80, 24), browser: b, version: version, bitbucket: server.bitbucket}
	w := newMove(m, server, slugOfApp, "setup", r)
	callback := localCallback(t)
	w.hands["callback/callback"] = hands{nil, func() { w.fill(callback) }}
	w.hands["credentials/client-secret"] = hands{nil, func() {
		server.keepBack() // so that the page is there while Bitbucket is asked
		w.paste(w.secret)
		w.enter()
	}}
	proof := func(says string) func() {
		return func() { w.waitFor("✓ ", says); w.enter() }
	}
	w.hands["credentials"] = hands{nil, proof("accepts the Client secret")}
	w.hands["authorize/keep-tokens"] = hands{nil, func() { w.send(down + enter) }} // yes: programs go on after the switch
	w.hands["authorize"] = hands{nil, func() {
		w.signInLocally()
		proof("tokens were renewed once")()
	}}
	w.holds = func() {
		states := []string{"OAuth 1 active", "OAuth 2 draft"}
		if place, _ := w.place(); place == done {
			states = []string{"OAuth 1 superseded", "OAuth 2 active"}
		}
		m.linksAre(slugOfApp, states...)
		if out, stderr, code := m.run("api", slugOfApp, "/rest/api/1.0/users/jane"); code != exitOK || !strings.Contains(out, `"jane"`) {
			t.Errorf("programs lost access: exit code %d\n%s%s", code, out, stderr)
		}
	}
	w.waitFor("m migrate")
	w.send("m")
	w.walk()
	w.kill()
	m.backAndForth()
	w.retire(func() error { return server.signedIn(t, "admin").DeleteClient(t.Context(), old) })
	m.moves(slugOfApp, "--back", exitFinding, finding.NoOldLink.String())
}

// setUpOAuth1 sets an own application up, and returns the id of its link in Bitbucket.
func (m *machine) setUpOAuth1(base string) (link string) {
	m.t.Helper()
	stages := choosingOAuth1(ownApplication(m, base))
	for i := range stages {
		switch stages[i].name {
		case "incoming":
			stages[i].leave = whenProved(func(*terminal) { link = m.createLink(base) })
		}
	}
	tm := m.start(80, 24, "setup")
	tm.walk(stages, "done")
	tm.kill()
	m.linksAre(slugOfApp, "OAuth 1 active")
	return link
}

// keepTokens has jane sign in, for the programs that act for her.
func (m *machine) keepTokens(base string) {
	m.t.Helper()
	tm := m.start(120, 30, "authorize", slugOfApp, "--keep", "--yes")
	tm.wait("the page to open", func(string) bool { return signInPage.MatchString(strings.ReplaceAll(tm.stream(), "\r", "")) })
	allowed(m.t, base, strings.TrimSpace(signInPage.FindString(strings.ReplaceAll(tm.stream(), "\r", ""))))
	if code := tm.exit(); code != exitOK {
		m.t.Fatalf("authorize: exit code %d\n%s", code, tm.stream())
	}
}

// backAndForth uses the way back that a link held here has.
func (m *machine) backAndForth() {
	m.t.Helper()
	moved := []string{"OAuth 1 superseded", "OAuth 2 active"}
	m.moves(slugOfApp, "--back", exitOK, "uses its OAuth 1 link again")
	m.linksAre(slugOfApp, "OAuth 1 active", "OAuth 2 superseded")
	m.moves(slugOfApp, "--back", exitFinding, finding.NoOldLink.String())
	m.moves(slugOfApp, "--confirm=another", exitUsage, "Nothing was switched") // only the integration's own name confirms
	m.linksAre(slugOfApp, "OAuth 1 active", "OAuth 2 superseded")
	if _, stderr, code := m.run("migrate", slugOfApp, "--confirm", slugOfApp); code != exitOK || !strings.Contains(stderr, "uses its OAuth 2 link again") {
		m.t.Errorf("going forward: exit code %d\n%s", code, stderr)
	}
	m.linksAre(slugOfApp, moved...)
	m.moves(slugOfApp, "--retired", exitFinding, finding.OldLinkStillAccepted.String())
	m.linksAre(slugOfApp, moved...)
	if list, _, _ := m.run("list"); !strings.Contains(list, core.OAuth2.String()) {
		m.t.Errorf("the list does not say OAuth 2:\n%s", list)
	}
}
