package tui

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"applink/core"
	"applink/core/setup"
)

// usual are answers as most installations have them.
func usual(app, version, oauth string) facts {
	f := facts{app: app, answers: map[core.Field]string{core.FieldName: "On-premise Bitbucket", core.FieldPurpose: "sign-in",
		core.FieldPlatform: "data-center", core.FieldBaseURL: "https://git.acme.com/bitbucket", core.FieldOAuth: oauth},
		checks: map[core.CheckName]core.Outcome{core.CheckReach: reached(version)}}
	if app != "packagist-cloud" {
		f.answers[core.FieldAppURL] = "https://packages.acme.com"
	}
	return f
}

// scrolled finds the mark of a body that has no room.
var scrolled = regexp.MustCompile(`lines \d+-\d+ of \d+`)

// At 80x24 no page or form of any flow on any version scrolls with usual values.
func TestNothingScrolls(t *testing.T) {
	given := map[core.Field]string{core.FieldPublicKey: publicKey(), core.FieldKeyBits: "2048",
		core.FieldKeepTokens: "no", core.FieldTwoFactor: "no"}
	var pages []string
	secrets := 0
	for _, app := range []string{"own", "packagist-cloud", "packagist-self-hosted"} {
		for _, version := range []string{"7.17.6", "7.21.0", "8.19.2", "9.4.0", "10.2.1"} {
			for _, oauth := range []string{"1", "2"} {
				if oauth == "2" && version == "7.17.6" {
					continue
				}
				s, ctx := newStage(t), context.Background()
				s.still = true
				id := s.put(t, usual(app, version, oauth))
				d := s.start(t, RunOptions{Integration: id})
				d.resize(80, 24)
				answer := func(f core.Field) string {
					switch {
					case f == core.FieldCallback && app == "own":
						return "https://packages.acme.com/oauth/callback"
					case f == core.FieldCallback:
						host := map[string]string{"packagist-cloud": "https://packagist.com", "packagist-self-hosted": "https://packages.acme.com"}[app]
						return host + "/oauth/register/service/onpremisebitbucket," + host + "/oauth/login/check-custom/onpremisebitbucket"
					case f == core.FieldLoginLink && app == "packagist-cloud":
						return "https://packagist.com/orgs/acme/login/07K9w2EiAEyVjbE53B7uEvtUmvktM59a"
					case f == core.FieldSecret, f == core.FieldClientID: // another one for each link
						secrets++
						return fmt.Sprintf("5f1c0e8a7b2d4963a1e0c7d5b8f2%04d", secrets)
					}
					return given[f]
				}
				walked := func(move string, state *setup.State, err error) {
					t.Helper()
					for at := (setup.Position{}); ; {
						if err != nil {
							t.Fatal(err)
						}
						if next := state.Path().Current(); at.Same(next) {
							t.Fatalf("%s on %s, OAuth %s%s stands still at %s", app, version, oauth, move, at.Step.ID)
						} else {
							at = next
						}
						f := newFlow(d.w, state)
						if at.Question != nil {
							d.w.show(newAsk(f))
						} else {
							d.w.show(newShow(f))
						}
						if view := bare(d.w.View()); scrolled.MatchString(view) {
							pages = append(pages, fmt.Sprintf("%s on %s, OAuth %s%s: %s\n%s", app, version, oauth, move, at.Step.ID, view))
						}
						if q := at.Question; q == nil || q.Settled == nil || !q.Settled(state) { // else it is not asked
							d.restless(fmt.Sprintf("%s on %s, OAuth %s%s", app, version, oauth, move), at)
						}
						switch {
						case at.Step.Last:
							return
						case at.Question != nil && at.Question.Transient:
							state, err = s.lib.Say(ctx, id, at.Step.ID)
						case at.Question != nil:
							state, err = s.lib.Answer(ctx, id, at.Question.Field, answer(at.Question.Field))
						default:
							state, err = s.lib.Say(ctx, id, at.Step.ID)
						}
					}
				}
				state, err := s.lib.State(ctx, id)
				walked("", state, err)
				if oauth == "1" && version != "7.17.6" {
					state, err = s.lib.Migrate(ctx, id)
					walked(", moving", state, err)
				}
				state, err = s.lib.Rotate(ctx, id)
				walked(", rotating", state, err)
			}
		}
	}
	if len(pages) > 0 {
		var names []string
		for _, p := range pages {
			name, _, _ := strings.Cut(p, "\n")
			names = append(names, name)
		}
		slices.Sort(names)
		t.Errorf("%d pages scroll:\n%s\n\nthe first:\n%s", len(pages), strings.Join(names, "\n"), strings.Join(pages[:min(3, len(pages))], "\n\n"))
	}
}

// restless changes the window's size and goes back and forward again: the screen and the
// place are the same afterwards.
func (d *driver) restless(flow string, at setup.Position) {
	d.t.Helper()
	before := bare(d.w.View())
	for _, size := range [][2]int{{40, 12}, {120, 40}, {80, 24}} {
		d.resize(size[0], size[1])
	}
	if after := bare(d.w.View()); after != before {
		d.t.Errorf("%s: at %s another size of the window leaves\n%s\nin place of\n%s", flow, at.Step.ID, after, before)
	}
	d.press("esc")
	for range 4 {
		if _, home := d.w.screen.(*home); home || place(d).Same(at) {
			return
		}
		d.press("enter")
	}
	d.t.Errorf("%s: back and forward at %s leads to\n%s", flow, at.Step.ID, bare(d.w.View()))
}
