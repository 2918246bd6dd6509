package walk_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"applink/core"
	"applink/core/guide"
	"applink/core/setup"
	"applink/core/walk"
)

// A scenario is a conversation line by line: "PLACE: VERB [TEXT] [-> TAKEN]". The place is
// where the walk must stand before the verb, "step" or "step/field". The verbs are those of
// run. Without -> the walk must move.
type scenario struct {
	name  string
	begin string // "adopt" a link that was set up by hand; "" a new one
	lines string
	links string // their states at the end, by age
}

// Beginnings that several scenarios share.
const (
	own = `
application/application: give own
application/app-url: give https://builds.acme.com
application/name: give Build farm
application/purpose: give sign-in
platform/platform: give data-center
base-url/base-url: give https://git.acme.com
`
	cloud = `
application/application: give packagist-cloud
application/name: give On-premise Bitbucket
application/purpose: give sign-in
platform/platform: give data-center
base-url/base-url: give https://git.acme.com
`
	key1 = `
oauth-version/oauth: give 1
create-link: enter
`
	own1 = own + `
base-url: reach 8.19.2 -> proved
base-url: enter
` + key1
	own1begin = own + `
base-url: reach 7.17.6 -> proved
base-url: enter
`
	drone = `
application/application: give drone
application/app-url: give https://drone.acme.com
application/name: give Drone
platform/platform: give data-center
base-url/base-url: give https://git.acme.com
base-url: reach 8.19.2 -> proved
base-url: enter
create-link: enter
incoming: ask passed -> proved
incoming: enter
authorize: sign in -> begun
authorize: browser passed -> proved
authorize: enter
`
	signedIn = `
authorize: sign in -> begun
authorize: browser passed -> proved
authorize: enter
`
	finished1 = own1 + `
incoming: ask passed -> proved
incoming: enter
` + signedIn + `
`
	secret = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
	id2    = "5f1c0e8a7b2d4963a1e0c7d5b8f24690"
	link2  = `
callback/callback: give https://localhost:8473/callback
create-link: enter
credentials/client-id: give ` + id2 + `
credentials/client-secret: give ` + secret + `
credentials: ask passed -> proved
credentials: enter
`
	own2 = own + `
base-url: reach 9.4.1 -> proved
base-url: enter
oauth-version/oauth: give 2
` + link2 + `
`
	transient = cloud + `
base-url: reach 8.19.2 -> proved
base-url: enter
oauth-version/oauth: give 2
form: enter
callback/callback: give https://packagist.com/x
create-link: enter
credentials/client-id: give ` + id2 + `
`
	retired = `
done: old link
retire: ask passed -> proved
retire: enter
`
)

var scenarios = []scenario{
	{name: "the browser comes back to the listener", links: "active", lines: own1 + `
incoming: ask waiting AL-OAUTH-001 -> stayed
incoming: again
incoming: ask failed AL-OAUTH-002 -> stayed
incoming: shows AL-OAUTH-002
incoming: ask passed -> proved
incoming: not again
incoming: enter
authorize: sign in -> begun
authorize: browser passed -> proved
authorize: enter
done: means home
`},
	{name: "Bitbucket shows a code", links: "active", lines: own1 + `
incoming: ask passed -> proved
incoming: enter
authorize: sign in by code -> begun
authorize: means type
authorize: type mistyped -> stayed
authorize: shows AL-OAUTH-013
authorize: signing in
authorize: type right -> proved
authorize: enter
done: end
`},
	{name: "the address is pasted, while the browser is expected", links: "active", lines: own2 + `
authorize: sign in -> begun
authorize: offers warmup-url
authorize: visited -> stayed
authorize: offers authorize-url
authorize: means overrule
authorize: type right -> proved
authorize: enter
done: end
`},
	{name: "a sign-in that cannot be mended by typing ends", links: "draft", lines: own2 + `
authorize: sign in -> begun
authorize: type refused -> stayed
authorize: shows AL-OAUTH-012
authorize: no sign-in
authorize: sign in -> begun
authorize: error page -> stayed
authorize: shows AL-OAUTH2-021
authorize: no sign-in
`},
	{name: "a sign-in that cannot begin", links: "draft", lines: own2 + `
authorize: sign in refused AL-NET-001 -> stayed
authorize: shows AL-NET-001
authorize: no sign-in
`},
	{name: "over SSH the browser is elsewhere", links: "draft", lines: own1 + `
incoming: ask passed -> proved
incoming: enter
authorize: remote
authorize: by code
`},
	{name: "a sign-in that is left is ended, and its result is dropped", links: "draft", lines: own2 + `
authorize: sign in -> begun
authorize: late await
authorize: back
credentials: closed
credentials: late -> dropped
credentials: enter
authorize: no sign-in
`},
	{name: "a failed proof on a page that lies behind moves nothing", links: "draft", lines: own1 + `
incoming: overrule
authorize: back
incoming: ask failed AL-OAUTH-002 -> stayed
incoming: shows AL-OAUTH-002
incoming: means forward
incoming: enter
authorize: end
`},
	{name: "what cannot be told stays", links: "draft", lines: own + `
base-url: ask unknown -> stayed
base-url: means overrule
base-url: ask unknown AL-NET-001 -> stayed
base-url: shows AL-NET-001
base-url: not again
`},
	{name: "quiet", links: "draft", lines: own1 + `
incoming: ask waiting AL-OAUTH-001 -> stayed
incoming: quiet
incoming: not again
`},
	{name: "a finding offers the question that mends it", links: "draft", lines: own + `
base-url: ask failed AL-TLS-001 -> stayed
base-url: mend
base-url/ca-file: back
base-url: ask failed AL-TLS-001 -> stayed
base-url: mend
base-url/ca-file: give
base-url: end
`},
	{name: "a finding knows the answer that mends it", links: "draft", lines: own + `
base-url: ask failed AL-HTTP-013 base=https://git.acme.com/bitbucket -> stayed
base-url: means remedy
base-url: remedy -> moved
base-url: means overrule
base-url: ask failed AL-HTTP-013 -> stayed
base-url: means overrule
base-url: end
`},
	{name: "a finding names the step that is to be done again", links: "draft", lines: own1 + `
incoming: ask passed -> proved
incoming: enter
authorize: sign in -> begun
authorize: browser failed AL-OAUTH-005 -> stayed
authorize: redo
incoming: end
`},
	{name: "back keeps the answers and forward shows them again", links: "draft", lines: own + `
base-url: back
base-url/base-url: form app-url name purpose platform base-url
base-url/base-url: turn application/purpose
application/purpose: give sign-in
platform/platform: give data-center
base-url/base-url: give https://git.acme.com
base-url: back
base-url/base-url: back
application/application: end
`},
	{name: "an application is given its key, and its sign-in fails once", links: "active", lines: drone + `
deliver: hands PRIVATE KEY
deliver: enter
finish: fails Drone ends at its start
finish: dismissed
finish: enter
done: hands PRIVATE KEY
`},
	{name: "the key is there already", links: "active", lines: own1begin + `
create-link: more keys/key-origin
keys/key-origin: give have
keys/private-key: give PRIVATE
create-link: enter
incoming: ask passed -> proved
incoming: enter
` + signedIn},
	{name: "the application has a key, and shows its public half", links: "active", lines: own1begin + `
create-link: more keys/key-origin
keys/key-origin: give application
form: enter
keys/client-id: give oauth-key
keys/public-key: give PUBLIC
create-link: enter
incoming: ask weak -> proved
incoming: enter
finish: enter
done: hands nothing
`},
	{name: "a form begins at what has no proposal, and the last answer fills it in", links: "draft", lines: `
application/application: give own
application/app-url: lacks app-url
application/app-url: give https://builds.acme.com
application/name: lacks base-url
base-url/base-url: give https://git.acme.com
application/name: lacks nothing
application/name: fill
base-url: reach 7.17.6 -> proved
base-url: enter
create-link: settled OAuth 1
create-link: more keys/key-origin
keys/key-origin: more keys/key-bits
keys/key-bits: give 3072
create-link: enter
incoming: back
create-link: end
`},
	{name: "a proposal that is refused is asked", links: "draft", lines: cloud + `
base-url: begin
application/application: give packagist-cloud
application/name: lacks base-url
base-url/base-url: give https://git.acme.com
application/name: fill
base-url: end
`},
	{name: "a suggestion takes the place of what was given, and back", links: "draft", lines: `
application/application: give own
application/app-url: give https://builds.acme.com
application/name: give Build farm
application/purpose: give sign-in
platform/platform: give data-center
base-url/base-url: give git.acme.com -> stayed
base-url/base-url: shows AL-URL-004
base-url/base-url: draft https://git.acme.com
base-url/base-url: unmend
base-url/base-url: draft git.acme.com
base-url/base-url: give https://git.acme.com
base-url: end
`},
	{name: "a refused answer stays, with what was given", links: "draft", lines: `
application/application: give packagist-cloud
application/name: draft On-premise Bitbucket
application/name: give … -> stayed
application/name: shows AL-STORE-009
application/name: draft …
application/name: give Labs
application/purpose: end
`},
	{name: "a doubted answer is taken when it is given once more", links: "draft", lines: own + `
base-url: reach 9.4.1 -> proved
base-url: enter
oauth-version/oauth: give 2
callback/callback: give https://localhost:8473/callback
create-link: enter
credentials/client-id: give odd -> stayed
credentials/client-id: shows AL-INPUT-005
credentials/client-id: draft odd
credentials/client-id: give odd
credentials/client-secret: turn credentials/client-id
credentials/client-id: give odd
credentials/client-secret: back
create-link: end
`},
	{name: "a secret on the question before it is refused and not shown", links: "draft", lines: transient + `
credentials/client-secret: back
credentials/client-id: give ` + secret + ` -> stayed
credentials/client-id: shows AL-INPUT-050
credentials/client-id: draft
credentials/client-id: give ` + secret + ` -> stayed
credentials/client-id: shows AL-INPUT-050
credentials/client-id: draft
`},
	{name: "a secret that is not kept is proved", links: "active", lines: transient + `
credentials/client-secret: prove failed AL-OAUTH2-001 -> stayed
credentials/client-secret: shows AL-OAUTH2-001
credentials/client-secret: draft
credentials/client-secret: prove unknown -> stayed
credentials/client-secret: prove weak AL-OAUTH2-019 -> proved
credentials/client-secret: shows AL-OAUTH2-019
credentials/client-secret: give
finish: enter
login-link/login-link: give https://packagist.com/login/acme
done: end
`},
	{name: "a secret that is not kept is left out", links: "draft", lines: transient + `
credentials/client-secret: give -> skips
credentials/client-secret: overrule
finish: back
credentials/client-secret: give
finish: end
`},
	{name: "an answer to which something is to be told", links: "draft", lines: cloud + `
base-url: reach 7.17.6 -> proved
base-url: enter
form: enter
keys/client-id: give "3f9c2e71"
keys/public-key: tells AL-KEY-019
keys/public-key: give PUBLIC
create-link: end
`},
	{name: "interrupted", links: "draft", lines: own + `
base-url: late ask
base-url: reopen
base-url: late -> dropped
base-url: reach 8.19.2 -> proved
base-url: reopen
oauth-version/oauth: give 1
create-link: end
`},
	{name: "another look, which the next page does not have", links: "draft", lines: own + `
base-url: reach 7.21.0 -> proved
base-url: enter
oauth-version/oauth: give 2
callback/callback: give https://localhost:8473/callback
create-link: look
create-link: enter
credentials/client-id: end
`},
	{name: "a link of OAuth 1 that was set up by hand, with an encrypted key", begin: "adopt", links: "active", lines: own + `
base-url: reach 8.19.2 -> proved
base-url: enter
oauth-version/oauth: give 1
keys/client-id: give ci
keys/private-key: give ENCRYPTED -> stayed
keys/private-key: passphrase
keys/private-key: give y -> stayed
keys/private-key: shows AL-KEY-014
keys/private-key: passphrase
keys/private-key: relock
keys/private-key: draft ENCRYPTED
keys/private-key: give ENCRYPTED -> stayed
keys/private-key: give x
incoming: ask passed -> proved
incoming: enter
done: end
`},
	{name: "a link of OAuth 2 that was set up by hand, and is to be moved then", begin: "adopt", links: "active", lines: own + `
base-url: reach 8.19.2 -> proved
base-url: enter
oauth-version/oauth: give 2
callback/callback: give https://app.acme.com/callback
credentials/client-id: give ` + id2 + `
credentials/client-secret: give ` + secret + `
credentials: then migrate
credentials: ask passed -> proved
credentials: enter
done: means home
`},
	{name: "a move to OAuth 2, back, forward, and the old link retired", links: "retired active", lines: finished1 + `
done: migrate
` + link2 + `
` + signedIn + `
done: go back
done: go forward
` + retired + `
done: reopen
done: cannot retire
`},
	{name: "taken over, the move follows", begin: "adopt", links: "active draft", lines: cloud + `
base-url: reach 8.19.2 -> proved
base-url: enter
oauth-version/oauth: give 1
keys/client-id: give 3f9c2e71
keys/public-key: give
incoming: ask weak -> proved
incoming: enter
done: then migrate
done: means migrate
done: migrate
form: end
`},
	{name: "a move that is abandoned", links: "active", lines: finished1 + `
done: migrate
callback/callback: abandon
done: end
`},
	{name: "another key, at once the one in use", links: "superseded active", lines: finished1 + `
done: rotate
incoming: ask passed -> proved
incoming: enter
` + signedIn + `
done: means home
`},
	{name: "an answer that a link in use rests on takes a yes", links: "active", lines: finished1 + `
done: look at base-url/base-url
base-url/base-url: reaches 9.4.1
base-url/base-url: give https://elsewhere.acme.com -> stayed
base-url/base-url: shows AL-MOVE-012
base-url/base-url: costly
base-url/base-url: withdraw
base-url/base-url: draft https://git.acme.com
base-url/base-url: give https://elsewhere.acme.com -> stayed
base-url/base-url: confirm
`},
	{name: "an integration that is removed meanwhile", lines: `
application/application: give own
application/app-url: removed
application/app-url: give https://builds.acme.com -> stayed
application/app-url: gone
`},
	{name: "the refused step is gone back to from the summary", links: "active", lines: finished1 + `
done: look at incoming
incoming: ask failed AL-OAUTH-002 -> stayed
incoming: to current
done: redo
incoming: end
`},
}

func TestScenarios(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			if sc.begin == "adopt" {
				f.begin(f.lib.BeginAdoption())
			}
			f.play(sc.lines)
			var links []string
			if s, err := f.lib.State(t.Context(), f.w.State().Integration.ID); err == nil {
				for _, l := range s.Integration.Links {
					links = append(links, string(l.State))
				}
			}
			if got := strings.Join(links, " "); got != sc.links {
				t.Errorf("the links are %q, want %q", got, sc.links)
			}
		})
	}
}

// run does one line of a scenario.
func (f *fixture) run(line string) {
	f.t.Helper()
	place, rest, _ := strings.Cut(line, ": ")
	if f.place() != place {
		f.t.Fatalf("%q: the walk stands at %s", line, f.place())
	}
	do, want, expects := strings.Cut(rest, " -> ")
	if !expects {
		want = string(walk.Moved)
	}
	if got := f.verb(line, do); string(got) != want {
		f.t.Fatalf("%q: %s, problem %v", line, got, f.w.Problem())
	}
}

// texts stand for long ones.
var texts = map[string]func() string{"PUBLIC": publicKey, "PRIVATE": privateKey, "ENCRYPTED": sync.OnceValue(func() string {
	b, err := os.ReadFile("../seal/testdata/encrypted-pkcs8.pem")
	if err != nil {
		panic(err)
	}
	return string(b)
})}

func (f *fixture) verb(line, do string) walk.Taken {
	f.t.Helper()
	verb, text, _ := strings.Cut(do, " ")
	if long := texts[text]; long != nil {
		text = long()
	}
	is := func(ok bool) walk.Taken {
		if f.t.Helper(); !ok {
			f.t.Fatalf("%q: it is not so; problem %v, outcome %v", line, f.w.Problem(), f.w.Outcome())
		}
		return walk.Moved
	}
	check := f.w.At().Step.Needs.Check
	switch verb {
	case "give":
		return f.give(text)
	case "prove":
		f.srv.outcomes[check] = outcome(text)
		return f.give(secret)
	case "reach", "reaches":
		f.srv.outcomes[core.CheckReach] = core.Outcome{State: core.Passed, Strength: core.Strong,
			Learned: map[core.Learned]string{core.LearnedVersion: text, core.LearnedOAuth2: "present"}}
		if verb == "reach" {
			return f.do(f.w.Ask())
		}
	case "ask":
		f.srv.outcomes[check] = outcome(text)
		return f.do(f.w.Ask())
	case "sign":
		if f.srv.refused = nil; strings.HasPrefix(text, "in refused") {
			f.srv.refused = core.NewFinding(core.Code(strings.Fields(text)[2]), map[string]string{"host": "git.acme.com"})
		}
		return f.do(f.w.SignIn(text == "in by code"))
	case "browser":
		wait := f.w.Await()
		f.srv.dance.back <- outcome(text)
		return f.do(wait)
	case "visited":
		close(f.srv.dance.visited)
		return f.do(f.w.Warmed())
	case "offers":
		return is(f.w.Page().OpenURL == map[string]string{"warmup-url": "https://localhost:8473/", "authorize-url": "https://git.example/authorize"}[text])
	case "type":
		return f.do(f.w.Submit(text))
	case "error":
		return f.do(f.w.ErrorPage())
	case "signing":
		return is(f.w.Dance() != nil)
	case "no":
		return is(f.w.Dance() == nil)
	case "closed":
		<-f.srv.dance.closed
	case "remote":
		f.session.Remote = true
		f.reopen()
	case "by":
		return is(f.w.ByCode())
	case "enter":
		switch f.w.Enter() {
		case walk.GoForward:
			f.w.Forward()
		case walk.TakeWord:
			return f.do(f.w.Say())
		default:
			f.t.Fatalf("%q: it means %s", line, f.w.Enter())
		}
	case "hands":
		e, err := "", error(nil)
		if f.w.HandsOut() {
			out, failed := f.w.HandOut("")(f.t.Context())
			e, err = out.Text.Reveal(), failed
		}
		return is(err == nil && (text == "nothing") == (e == "") && (text == "nothing" || strings.Contains(e, text)))
	case "fails":
		return is(f.w.Fails() && strings.Contains(f.w.Problem().Params["cause-1"], text))
	case "dismissed":
		return is(f.w.Dismiss() && f.w.Problem() == nil)
	case "means":
		return is(string(f.w.Enter()) == text)
	case "overrule":
		return f.do(f.w.Say())
	case "again":
		return is(f.w.Again() > 0)
	case "not":
		return is(f.w.Again() == 0)
	case "quiet":
		f.w.Quiet(true)
	case "back":
		if !f.w.Back() {
			return walk.Stayed
		}
	case "to":
		f.w.ToCurrent()
	case "mend":
		return is(f.w.Mend(f.w.Remedy().Question))
	case "redo":
		return is(f.w.Mend(f.w.Remedy().Step))
	case "remedy":
		r := f.w.Remedy()
		f.w.Mend(r.Question)
		return f.give(r.Answer)
	case "unmend":
		f.w.Unmend()
	case "passphrase":
		return is(f.w.Question().Passphrase && f.w.Question().Hidden())
	case "relock":
		f.w.Relock()
	case "costly":
		return is(f.w.Question().Costly)
	case "withdraw":
		f.w.Withdraw()
	case "confirm":
		return f.do(f.w.Confirm())
	case "draft":
		return is(f.w.Question().Draft == text)
	case "shows":
		return is(f.w.Problem() != nil && f.w.Problem().Code == core.Code(text) || f.w.Outcome().Finding != nil && f.w.Outcome().Finding.Code == core.Code(text))
	case "tells":
		return is(len(f.w.Told()) == 1 && f.w.Told()[0].Code == core.Code(text))
	case "look":
		if at, ok := strings.CutPrefix(text, "at "); ok {
			f.lookAt(at)
			break
		}
		before := f.w.Page().Versions
		return is(f.w.OtherLook() && f.w.Page().Versions != before)
	case "late":
		switch text {
		case "await":
			f.late = f.w.Await()
		case "ask":
			f.late = f.w.Ask()
		default:
			return f.do(f.late)
		}
	case "reopen":
		f.reopen()
	case "then":
		f.session.ThenMigrate = true
	case "removed":
		if err := f.lib.Remove(f.t.Context(), f.w.State().Integration.ID); err != nil {
			f.t.Fatal(err)
		}
	case "gone":
		return is(f.w.Gone())
	case "form", "lacks":
		form, _ := f.w.Form()
		got := "nothing"
		if verb == "form" {
			var fields []string
			for _, q := range form {
				fields = append(fields, string(q.Field))
			}
			got = strings.Join(fields, " ")
		} else if i, ok := f.w.Lacks(); ok {
			got = string(form[i].Field)
			f.w.Turn(i)
		}
		return is(got == text)
	case "turn":
		form, _ := f.w.Form()
		for i, q := range form {
			if strings.HasSuffix(text, "/"+string(q.Field)) {
				f.w.Turn(i)
			}
		}
	case "fill":
		return f.do(f.w.Fill())
	case "settled":
		return is(strings.HasPrefix(strings.Join(f.w.Settled(), " "), text))
	case "more":
		return is(f.w.More() && f.place() == text)
	case "begin":
		f.begin(f.lib.Begin())
	case "old":
		return is(f.w.OldLink() == nil)
	case "cannot":
		return is(f.w.OldLink() != nil)
	case "migrate":
		return f.do(f.w.Migrate())
	case "rotate", "abandon", "go":
		f.library(do)
	case "end":
	default:
		f.t.Fatalf("%q: no such verb", line)
	}
	return walk.Moved
}

// play holds the conversation of a scenario.
func (f *fixture) play(lines string) {
	f.t.Helper()
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			f.run(line)
		}
	}
}

// lookAt goes back to a place.
func (f *fixture) lookAt(place string) {
	f.t.Helper()
	for f.place() != place {
		if !f.w.Back() {
			f.t.Fatalf("%s is no place before", place)
		}
	}
}

// library does what faces do outside a walk, and begins again.
func (f *fixture) library(do string) {
	f.t.Helper()
	ctx, s := f.t.Context(), f.w.State()
	var err error
	var turn *walk.Turn
	var begin func(context.Context) (*setup.State, error)
	var why *core.Finding
	switch do {
	case "abandon":
		_, err = f.lib.Abandon(ctx, s.Integration.ID, "")
	case "rotate":
		_, begin, why = f.session.Begin(s, setup.Rotation)
	case "go back":
		turn, why = f.session.GoBack(s, "")
	case "go forward":
		turn, _, why = f.session.Begin(s, setup.Migration)
	}
	switch {
	case why != nil:
		err = why
	case turn != nil:
		_, err = turn.Make(ctx)
	case begin != nil:
		_, err = begin(ctx)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	f.reopen()
}

// outcome is "passed", "weak [CODE]", "unknown", "waiting CODE" or "failed CODE".
func outcome(text string) core.Outcome {
	state, code, _ := strings.Cut(text, " ")
	code, more, _ := strings.Cut(code, " ")
	o := core.Outcome{Check: core.CheckIdentity, State: core.CheckState(state), Strength: core.Strong}
	if state == "weak" {
		o.State, o.Strength = core.Passed, core.Weak
	}
	if code != "" {
		params := map[string]string{"key": "k", "id": "k", "host": "git.acme.com"}
		if name, value, ok := strings.Cut(more, "="); ok {
			params[name] = value
		}
		o.Finding = core.NewFinding(core.Code(code), params)
	}
	return o
}

var privateKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
})

var publicKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
})

// answers are good ones to every question.
var answers = map[core.Field]string{core.FieldAppURL: "https://app.acme.com", core.FieldName: "Labs", core.FieldPurpose: "sign-in",
	core.FieldPlatform: "data-center", core.FieldBaseURL: "https://git.acme.com", core.FieldKeyBits: "2048", core.FieldClientID: id2,
	core.FieldSecret: secret, core.FieldPermissions: "Repositories: Read", core.FieldConsumerCallback: "https://app.acme.com/back", core.FieldCallback: "https://localhost:8473/callback", core.FieldTwoFactor: "yes"}

// TestEverySetUp walks every application through every protocol that is offered, for one
// version of each era.
func TestEverySetUp(t *testing.T) {
	apps, err := guide.Applications()
	if err != nil {
		t.Fatal(err)
	}
	asked := func(field core.Field, is bool) string { return map[bool]string{true: " " + string(field)}[is] }
	end := map[core.Holder]string{core.HeldHere: " authorize:", core.HeldByApplication: " finish:"}
	path := map[core.Holder]map[core.OAuth]string{
		core.HeldHere: {core.OAuth1: " create-link: incoming:",
			core.OAuth2: " callback create-link: client-id client-secret credentials:"},
		core.HeldByApplication: {core.OAuth1: " form: client-id public-key create-link: incoming:",
			core.OAuth2: " form: callback create-link: client-id client-secret"},
	}
	walked := 0
	for i, app := range apps {
		versions := []string{"7.17.6", "7.21.0", "8.19.2", "9.4.1", "10.1.0"}
		if i > 2 {
			versions = versions[2:3] // what differs between them is theirs
		}
		for _, version := range versions {
			for _, oauth := range []core.OAuth{core.OAuth1, core.OAuth2} {
				p, known := app.Profiles[oauth]
				if version == "7.17.6" && oauth == core.OAuth2 || !known {
					continue // it is not asked where there is none
				}
				f := newFixture(t)
				places, offered := f.everything(app.ID, version, oauth)
				if !offered {
					continue
				}
				walked++
				want := "application" + asked(core.FieldAppURL, app.URL == "") + " name" + asked(core.FieldPurpose, app.Purpose == "") +
					" platform base-url base-url:" + asked(core.FieldOAuth, version != "7.17.6" && len(app.Profiles) == 2) + path[app.Holder][oauth] + end[app.Holder]
				if slices.Contains(p.Open, core.FieldPermissions) {
					want = strings.Replace(want, " create-link:", " permissions create-link:", 1)
				}
				if slices.Contains(p.Open, core.FieldConsumerCallback) {
					want = strings.Replace(want, " create-link:", " consumer-callback create-link:", 1)
				}
				if p.Deliver != "" {
					want += " deliver: finish:"
				}
				want += asked(core.FieldLoginLink, app.Holder == core.HeldByApplication && app.LoginLink != "")
				if got := strings.Join(places, " "); got != want {
					t.Errorf("%s, %s, %s\n got %s\nwant %s", app.ID, version, oauth, got, want)
				}
				if l := f.w.State().Link; l.State != core.LinkActive || l.OAuth != oauth || f.w.Enter() != walk.GoHome {
					t.Errorf("%s, %s: the link is %s over %s", app.ID, version, l.State, l.OAuth)
				}
			}
		}
	}
	if walked < 40 {
		t.Errorf("only %d were walked", walked)
	}
}

// everything answers and proves everything; offered is false where the rules do not offer
// the protocol.
func (f *fixture) everything(app, version string, oauth core.OAuth) (places []string, offered bool) {
	f.t.Helper()
	for !f.w.At().Step.Last {
		at := f.w.At()
		if q := at.Question; q != nil {
			text := map[core.Field]string{core.FieldApplication: app, core.FieldOAuth: string(oauth), core.FieldPublicKey: publicKey(),
				core.FieldLoginLink: f.w.State().AppURL() + "/login"}[q.Field]
			if text == "" {
				text = answers[q.Field]
			}
			f.srv.outcomes[core.CheckClient] = outcome("passed")
			taken := f.give(text)
			if q.Field == core.FieldOAuth && taken == walk.Stayed {
				return nil, false
			}
			places = append(places, string(q.Field))
			if taken == walk.Proved {
				taken = f.give("")
			}
			if taken != walk.Moved {
				f.t.Fatalf("%s, %s, %s: %s at %s: %v", app, version, oauth, taken, f.place(), f.w.Problem())
			}
			continue
		}
		places = append(places, string(at.Step.ID)+":")
		taken := walk.Moved
		switch need := at.Step.Needs; {
		case need.Dance:
			f.do(f.w.SignIn(true))
			taken = f.do(f.w.Submit("right"))
		case need.Check == core.CheckReach:
			taken = f.verb("", "reach "+version)
		case need.Check != "":
			taken = f.verb("", "ask passed")
		default:
			f.do(f.w.Say())
		}
		if taken == walk.Proved {
			f.w.Forward()
		}
		if f.w.At().Same(at) {
			f.t.Fatalf("%s, %s, %s: stays at %s: %v", app, version, oauth, f.place(), f.w.Problem())
		}
	}
	return places, true
}

// TestEveryStepIsWalked tells which steps of the table no scenario stands at.
func TestEveryStepIsWalked(t *testing.T) {
	var all string
	for _, sc := range scenarios {
		all += sc.lines
	}
	for _, st := range setup.Steps() {
		if st.On != "" || st.ID == setup.TwoFactor {
			continue // told on the page of another, and settled
		}
		if !strings.Contains(all, "\n"+string(st.ID)) {
			t.Errorf("no scenario stands at %s", st.ID)
		}
	}
}
