//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"

	"applink/core/bitbucket/bitbuckettest"
)

// linkStates are the links that show lists, one a line.
var linkStates = regexp.MustCompile(`(?m)^  Link +(OAuth [12]) (\S+)$`)

// links are the states of the links by protocol. There must be exactly one active.
func (m *machine) links(name string) map[string]string {
	m.t.Helper()
	out, stderr, _ := m.run("show", name)
	states, active := map[string]string{}, 0
	for _, l := range linkStates.FindAllStringSubmatch(out, -1) {
		states[l[1]] = l[2]
		if l[2] == "active" {
			active++
		}
	}
	if active != 1 {
		m.t.Fatalf("%d links are active:\n%s%s", active, out, stderr)
	}
	return states
}

func (m *machine) linksAre(oauth1, oauth2 string) {
	m.t.Helper()
	if got := m.links("buildfarm"); got["OAuth 1"] != oauth1 || got["OAuth 2"] != oauth2 {
		m.t.Errorf("OAuth 1 is %q and OAuth 2 %q, want %q and %q", got["OAuth 1"], got["OAuth 2"], oauth1, oauth2)
	}
}

// migrating is an own application with a proved OAuth 1 link, and the id of that link
// in Bitbucket.
func migrating(t *testing.T) (m *machine, base, link string) {
	t.Helper()
	m = newMachine(t)
	base = practiceHeadless(t, "--bitbucket", "8.19").BaseURL
	stages := ownApplication(m, base)
	for i := range stages {
		switch stages[i].name {
		case "oauth":
			stages[i].leave = chooseOAuth1
		case "incoming":
			stages[i].leave = whenProved(func(*terminal) { link = m.createOAuth1(base) })
		}
	}
	tm := m.start(80, 24, "setup")
	tm.walk(stages, "done")
	tm.kill()
	m.linksAre("active", "")
	return m, base, link
}

func (m *machine) createOAuth1(base string) (link string) {
	m.t.Helper()
	a := m.shown(m.only()).Answers
	link, err := m.admin(base).CreateOAuth1Link(m.t.Context(), bitbuckettest.LinkForm{ApplicationURL: a["app-url"], Name: a["name"],
		ConsumerKey: a["client-id"], PublicKey: a["public-key"]})
	if err != nil {
		m.t.Fatal(err)
	}
	return link
}

func (m *machine) admin(base string) *bitbuckettest.Admin {
	m.t.Helper()
	admin := bitbuckettest.NewAdmin(base)
	if err := admin.Login(m.t.Context(), "admin", "admin"); err != nil {
		m.t.Fatal(err)
	}
	return admin
}

// TestMigrate moves an application from OAuth 1 to OAuth 2 from the list on, killed at
// every place: one link is active all the time, and the set-up goes on where it was.
// Then it goes back and forth, and the old link is retired once it is gone.
func TestMigrate(t *testing.T) {
	heavy(t)
	t.Parallel()
	m, base, old := migrating(t)
	r := &rehearsal{terminal: m.start(80, 24), browser: newForms(t), version: "8.19", bitbucket: base}
	again := func(title, oauth2 string) {
		t.Helper()
		r.kill()
		m.linksAre("active", oauth2)
		r.terminal = m.start(80, 24, "setup", "buildfarm")
		r.at(title)
	}
	const question = "Where should Bitbucket send the browser back to?"
	r.waitFor("m migrate")
	r.send("m")
	r.at(question)
	again(question, "draft")
	r.answer(question, localCallback(t))
	r.at("Create the link in Bitbucket")
	again("Create the link in Bitbucket", "draft")
	links := r.page()
	r.send(enter)
	r.at("Configure an incoming link")
	id, secret := r.createIncoming(links, incoming{name: r.value("Name"), redirectURL: r.value("Redirect URL")})
	r.send(enter)
	r.answer("Paste the Client ID that Bitbucket shows.", id)
	r.at("Paste the Client secret that Bitbucket shows.")
	again("Paste the Client secret that Bitbucket shows.", "draft")
	r.paste(secret)
	r.send(enter)
	r.waitFor("accepts the Client secret", "Proved.")
	again("Is the two-factor app of Alpha Serve installed", "draft")
	r.noTwoFactor()
	r.at("Sign in once, as proof")
	again("Sign in once, as proof", "draft")
	r.allowLocally(r.value("local page"), r.value("authorize URL"))
	r.waitFor("tokens were renewed once", "Proved.")
	r.kill()
	m.linksAre("superseded", "active")
	if list, _, _ := m.run("list"); !strings.Contains(list, "OAuth 2") {
		t.Errorf("the list does not say OAuth 2:\n%s", list)
	}

	m.moves(exitOK, "uses its OAuth 1 link again", "--back")
	m.linksAre("active", "superseded")
	m.moves(exitOK, "uses its OAuth 2 link again", "--back")
	m.linksAre("superseded", "active")
	m.moves(exitFinding, "AL-MOVE-004", "--retired")
	m.linksAre("superseded", "active")
	if err := m.admin(base).DeleteClient(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	m.moves(exitOK, "is retired, and its key is deleted here", "--retired")
	m.linksAre("retired", "active")
	m.moves(exitFinding, "AL-MOVE-003", "--back")
	if out, stderr, _ := m.run("show", "buildfarm"); strings.Contains(out+stderr, secret) {
		t.Error("show tells the client secret")
	}
}

// moves runs migrate with a flag.
func (m *machine) moves(code int, says, flag string) {
	m.t.Helper()
	out, stderr, got := m.run("migrate", "buildfarm", flag)
	if got != code || !strings.Contains(out+stderr, says) {
		m.t.Errorf("migrate %s: exit code %d, want %d and %q in\n%s%s", flag, got, code, says, out, stderr)
	}
}
