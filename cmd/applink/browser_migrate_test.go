//go:build unix

package main

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"applink/core/auth"
	"applink/core/guide"
	"applink/core/setup"
	"applink/store"
)

// move is a migration to OAuth 2 in which applink is killed at every place, and on
// both sides of what people do there in the browser.
type move struct {
	*rehearsal
	m      *machine
	server *servers
	slug   string
	goOn   string // the command that goes on where it was
	hands  map[string]hands
	holds  func() // checks what must hold after each kill

	met    map[string]int // how often it was killed at each place
	id     string         // Client ID and secret of the new link
	secret string
}

// hands is what people do at a place: in the browser, then at the terminal.
type hands struct{ browser, terminal func() }

func newMove(m *machine, server *servers, slug, goOn string, r *rehearsal) *move {
	m.t.Helper()
	w := &move{rehearsal: r, m: m, server: server, slug: slug, goOn: goOn, met: map[string]int{}}
	w.hands = map[string]hands{
		"create-link":           {func() { w.create() }, w.enter},
		"credentials/client-id": {nil, func() { w.paste(w.id) }},
		done:                    {},
	}
	return w
}

func (w *move) enter() { w.send(enter) }

// create makes the incoming link as the page says.
func (w *move) create(permissions ...string) {
	w.id, w.secret = w.createIncoming(w.page(), incoming{w.value("Name"), w.value("Redirect URL"), permissions})
}

// walk goes from the set-up that was complete to the end of the new one, by whatever
// place it says that it stands at.
func (w *move) walk() {
	w.t.Helper()
	for last := ""; last != done; {
		place := w.next(cmp.Or(last, done))
		at, known := w.hands[place]
		if !known {
			w.t.Fatalf("nobody knows what to do at %s:\n%s", place, w.screen())
		}
		w.killed(place)
		if at.browser != nil {
			at.browser()
			w.killed(place)
		}
		if at.terminal != nil {
			at.terminal()
		}
		last = place
	}
	for _, p := range w.state().Path().Places() {
		if w.met[placeName(p)] == 0 && p.Step.OfLink && p.Step.ID != setup.OAuth { // that one is chosen already
			w.t.Errorf("it was never killed at %s", placeName(p))
		}
	}
}

// done is the place at which a set-up is complete.
const done = string(setup.Done)

// next waits until the set-up stands at another place.
func (w *move) next(last string) (place string) {
	w.t.Helper()
	w.wait("what comes after "+last, func(string) bool {
		place, _ = w.place()
		return place != last
	})
	return place
}

// place is where the set-up stands by the facts on disk, and its title.
func (w *move) place() (place, title string) {
	s := w.state()
	at := s.Path().Current()
	page := pageOf(s, at.Step.ID)
	if at.Question == nil {
		return placeName(at), page.Title
	}
	if len(s.Path().Form(at)) > 1 {
		return placeName(at), page.Title
	}
	return placeName(at), page.Asks[at.Question.Field].Title
}

// state reads the database, and leaves no file of it open here: closing such a file
// once more would end the locks of all others.
func (w *move) state() *setup.State {
	db := must(store.Open(context.Background(), w.m.database()))
	defer db.Close()
	return must(auth.New(db, nil, must(guide.Applications())).Find(context.Background(), w.slug))
}

// placeName is the step of a page, and of a question its field too.
func placeName(p setup.Position) string {
	if p.Question == nil {
		return string(p.Step.ID)
	}
	return string(p.Step.ID) + "/" + string(p.Question.Field)
}

// killed kills applink where it stands, and starts it again: there is the same
// screen, with all that was entered, proved and said.
func (w *move) killed(place string) {
	w.t.Helper()
	_, title := w.place()
	w.met[place]++
	w.atTitle(title)
	before := w.m.shown(w.slug)
	w.kill()
	if w.secret != "" {
		w.m.absent(piece{"the client secret", w.secret}, w.stream())
	}
	if at, _ := w.place(); at != place || !sameFacts(before, w.m.shown(w.slug)) {
		w.t.Fatalf("killed at %s the facts were\n%+v\nand are at %s\n%+v", place, before, at, w.m.shown(w.slug))
	}
	w.server.giveAnswers()
	w.holds()
	command := w.goOn
	if place == done {
		command = "setup"
	}
	w.terminal = w.m.start(80, 24, command, w.slug, "--reduced-motion")
	w.atTitle(title)
}

// retire goes from the last page through deleting the old link in Bitbucket, killed
// before and after the proof.
func (w *move) retire(deleted func() error) {
	w.t.Helper()
	const title = "Delete the old OAuth 1 link"
	w.terminal = w.m.start(80, 24, "setup", w.slug)
	w.atTitle(pageOf(w.state(), setup.Done).Title)
	w.send("x")
	w.at(title)
	w.waitFor("it still takes the old link")
	w.kill()
	w.m.linksAre(w.slug, "OAuth 1 superseded", "OAuth 2 active")
	w.terminal = w.m.start(80, 24, "migrate", w.slug, "--retired")
	w.at(title)
	if err := deleted(); err != nil {
		w.t.Fatal(err)
	}
	w.waitFor("does not take the old OAuth 1 credentials any more", "✓ ")
	w.kill()
	w.m.linksAre(w.slug, "OAuth 1 retired", "OAuth 2 active")
}

// atTitle waits for the page with that title, which a line may not hold whole.
func (w *move) atTitle(title string) {
	w.t.Helper()
	w.at(string([]rune(title)[:min(40, len([]rune(title)))]))
}

// linkStates are the links that show lists, one a line.
var linkStates = regexp.MustCompile(`(?m)^  Link +(OAuth [12]) (\S+)$`)

// linksAre checks the states of the links, the older one first. One is active.
func (m *machine) linksAre(slug string, want ...string) {
	m.t.Helper()
	out, stderr, _ := m.run("show", slug)
	var got []string
	for _, l := range linkStates.FindAllStringSubmatch(out, -1) {
		got = append(got, l[1]+" "+l[2])
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("the links are %q, want %q:\n%s%s", got, want, out, stderr)
	}
}

// moves runs migrate with a flag.
func (m *machine) moves(slug, flag string, code int, says string) {
	m.t.Helper()
	out, stderr, got := m.run("migrate", slug, flag)
	if got != code || !strings.Contains(out+stderr, says) {
		m.t.Errorf("migrate %s: exit code %d, want %d and %q in\n%s%s", flag, got, code, says, out, stderr)
	}
}
