package walk

import (
	"context"
	"errors"
	"slices"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
)

// ErrInterrupted is the error of a face that its user left by Ctrl-C, a signal or a
// cancelled context. Everything that was answered is saved.
var ErrInterrupted = errors.New("interrupted")

// ErrEndOfInput is the error of a face whose answers end before the set-up does.
// Everything that was answered is saved.
var ErrEndOfInput = errors.New("the input ended")

// Checker puts questions to the server; core/check implements it.
type Checker interface {
	// Run runs one check. It records nothing and returns within its time limit.
	Run(ctx context.Context, s *setup.State, name core.CheckName) core.Outcome
	// RunWith is Run with a secret that is not kept.
	RunWith(ctx context.Context, s *setup.State, name core.CheckName, secret seal.Text) core.Outcome
	// Authorize starts the OAuth dance of the identity check. With code the browser
	// shows a verification code to be typed; otherwise it comes back to a listener on
	// this machine.
	Authorize(ctx context.Context, s *setup.State, code bool) (core.Dance, error)
}

// Session is what the walks of one run share.
type Session struct {
	Library *auth.Library
	Checker Checker
	// Proposals are answers to start with, by field: the practice server's URL, or
	// what came as a flag. They fill questions and are not stored unseen.
	Proposals map[core.Field]string
	Remote    bool // the browser is on another machine
	Keep      bool // what a sign-in is granted is kept, whatever the answers say
	// ThenMigrate goes on with the move to OAuth 2 once a link is taken over.
	ThenMigrate bool
}

// Walk is the conversation over one integration. Make it with [New].
type Walk struct {
	session *Session
	state   *setup.State
	at      setup.Position
	again   bool         // after Back: answered places are shown once more on the way forward
	look    int          // which of the page's drawings; 0 is the one that fits the version
	shown   guide.Page   // the page of the place, kept when its proof ends the step
	before  *setup.State // the state before the step of the place left the path
	problem *core.Finding
	told    []*core.Finding
	began   bool         // what is taken by itself at the beginning was asked for
	settled []core.Field // answers that were taken by themselves on the way here
	giving  giving
	proof   proof

	turn   int // of the jobs that count; results of an earlier one are dropped
	life   context.Context
	cancel context.CancelFunc // ends the jobs of the turn
}

// New begins a walk where the set-up of an integration stands.
func New(session *Session, s *setup.State) *Walk {
	w := &Walk{session: session, state: s}
	w.Visit(s.Path().Current())
	return w
}

// State is what is known of the integration now.
func (w *Walk) State() *setup.State { return w.state }

// At is the place that is looked at.
func (w *Walk) At() setup.Position { return w.at }

// Behind reports whether the place looked at is another than where the set-up stands, and
// not of the form that is asked there.
func (w *Walk) Behind() bool {
	return !slices.ContainsFunc(w.state.Path().Form(w.state.Path().Current()), w.at.Same)
}

// Problem is why the last answer, word or move was not taken, or the doubt about it; nil
// when it was.
func (w *Walk) Problem() *core.Finding { return w.problem }

// Told tells how the answer before this place was understood, and warns about it.
func (w *Walk) Told() []*core.Finding { return w.told }

// Forward looks at the current place; after Back, at the next place up to it.
func (w *Walk) Forward() {
	places, i := w.state.Path().Places(), w.index(w.at)
	if !w.again || i < 0 || i+1 >= w.index(w.state.Path().Current()) {
		w.ToCurrent()
		return
	}
	w.Visit(places[i+1])
}

// ToCurrent looks at the place where the set-up stands.
func (w *Walk) ToCurrent() { w.again = false; w.Visit(w.state.Path().Current()) }

// Visit looks at a place of the step table, on the path or not.
func (w *Walk) Visit(p setup.Position) {
	if !w.at.Same(p) {
		w.look = 0
	}
	w.leave()
	w.at, w.problem, w.told, w.giving, w.proof = p, nil, nil, giving{}, w.newProof(p)
}

// OldLink walks on through the link that was superseded; the finding says why not.
func (w *Walk) OldLink() *core.Finding {
	s, problem := Retiring(w.state)
	if problem == nil {
		w.state, w.before = s, nil
		w.ToCurrent()
	}
	return problem
}

// OtherLook shows the page's next drawing and reports whether there is another one.
func (w *Walk) OtherLook() bool {
	n := w.Page().Looks
	w.look = (w.look + 1) % max(1, n)
	return n > 1
}

func (w *Walk) index(p setup.Position) int {
	for i, q := range w.state.Path().Places() {
		if q.Same(p) {
			return i
		}
	}
	return -1
}

// there reports whether the step looked at is on the path.
func (w *Walk) there() bool { _, ok := w.state.Path().Step(w.at.Step.ID); return ok }

// Around is the state that the surroundings of a place are drawn from: the one before,
// when the step looked at ended with its own proof and left the path.
func (w *Walk) Around() *setup.State {
	if w.before != nil && !w.there() {
		return w.before
	}
	return w.state
}

// Page is the words of the place, with the addresses of a sign-in that is under way. A
// step that ended with its own proof keeps its page, to be read.
func (w *Walk) Page() guide.Page {
	if w.shown.Step != w.at.Step.ID || w.there() {
		w.shown = guide.Of(w.state, w.at.Step.ID, w.look, w.addresses())
	}
	return w.shown
}

// Warnings tell what is odd about the values that the page carries.
func (w *Walk) Warnings(now time.Time) (out []*core.Finding) {
	for _, v := range w.Page().Values {
		out = append(out, auth.WarningsAbout(w.state, core.Field(v.Name), now)...)
	}
	return out
}

// Job does what may block and changes nothing of the walk. Its result is for [Walk.Take].
type Job func(context.Context) Result

// Result is what came of a [Job].
type Result struct {
	walk    *Walk
	turn    int
	of      kind
	state   *setup.State // after the change; nil when nothing changed
	err     error
	outcome core.Outcome
	rule    *core.Asking // after the outcome
	heard   core.Heard
	typed   bool // the outcome is of a code or address that was typed
	dance   core.Dance
	given   seal.Text
	told    []*core.Finding
	settled []core.Field
}

type kind string

const (
	aWord     kind = "word"
	anAnswer  kind = "answer"
	aFilling  kind = "filling"
	anOutcome kind = "outcome"
	aDance    kind = "dance"
	aWarmup   kind = "warmup"
)

// Taken says what a result did to the walk.
type Taken string

// What can follow from a result.
const (
	Dropped Taken = "dropped" // it came too late and changed nothing
	Stayed  Taken = "stayed"  // the place is the same: see Problem, Question and Outcome
	Skips   Taken = "skips"   // nothing was given to be proved: an explicit yes, then Say
	Proved  Taken = "proved"  // a check passed; the place stays until Forward, so that it can be read
	Begun   Taken = "begun"   // a sign-in is under way: run Await and Warmed
	Moved   Taken = "moved"   // the walk stands at another place
)

// renew cancels what was begun and counts from now on.
func (w *Walk) renew() {
	if w.cancel != nil {
		w.cancel()
	}
	w.turn++
	w.life, w.cancel = context.WithCancel(context.Background())
}

// Close cancels what the walk has begun.
func (w *Walk) Close() { w.leave() }

// job makes a job that counts as long as nothing else is begun.
func (w *Walk) job(of kind, do func(context.Context, *Result)) Job {
	life, r := w.life, Result{walk: w, turn: w.turn, of: of}
	return func(ctx context.Context) Result {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(life, cancel)()
		do(ctx, &r)
		r.settle(ctx, w.session)
		return r
	}
}

// settle takes the answers that are taken by themselves where the set-up stands now: what
// the session proposes, else the default.
func (r *Result) settle(ctx context.Context, session *Session) {
	for r.state != nil && r.err == nil {
		q, ok := r.state.Path().Settle()
		if !ok {
			return
		}
		value := session.Proposals[q.Field]
		if value == "" && q.Default != nil {
			value = q.Default(r.state)
		}
		s, err := session.Library.Answer(ctx, r.state.Integration.ID, q.Field, value)
		if err != nil {
			return // it is asked
		}
		r.state, r.settled = s, append(r.settled, q.Field)
	}
}

// Settle takes the answers that are taken by themselves where the walk begins; nil where
// there are none.
func (w *Walk) Settle() Job {
	if _, ok := w.state.Path().Settle(); !ok || w.state.Integration.ID == 0 || w.began {
		return nil
	}
	w.began = true
	s := w.state
	return w.job(aWord, func(_ context.Context, r *Result) { r.state = s })
}

// Settled tells, once, which answers were taken by themselves on the way here.
func (w *Walk) Settled() (out []string) {
	defer func() { w.settled = nil }()
	for _, f := range w.settled {
		st, _, _ := setup.Find(f)
		if words := guide.Of(w.state, st.ID, 0, nil).Asks[f].Settled; words != "" {
			out = append(out, words)
		}
	}
	return out
}

// Take hands the result of a job to the walk.
func (w *Walk) Take(r Result) Taken {
	if r.walk != w || r.turn != w.turn {
		return Dropped
	}
	if r.state != nil {
		w.change(r.state)
		w.settled = append(w.settled, r.settled...)
	}
	switch r.of {
	case anAnswer:
		return w.answered(r)
	case aFilling:
		return w.filled(r)
	case anOutcome:
		return w.observed(r)
	case aDance:
		return w.begun(r)
	case aWarmup:
		w.proof.warm = true
		return Stayed
	}
	if w.problem = w.refused(r.err); w.problem != nil {
		return Stayed
	}
	w.Forward()
	return Moved
}

// Run does a job in place.
func (w *Walk) Run(ctx context.Context, job Job) Taken { return w.Take(job(ctx)) }

func (w *Walk) change(s *setup.State) {
	if w.there() {
		w.before = w.state
	}
	w.state = s
}

// refused tells why a change was not stored, nil when it was. An integration that another
// applink removed meanwhile is named.
func (w *Walk) refused(err error) *core.Finding {
	if err == nil {
		return nil
	}
	f := FindingOf(err)
	if errors.Is(f, finding.NoSuchIntegration) {
		f = finding.NoSuchIntegration.With(w.state.Integration.Name).Because(f.Raw)
	}
	return f
}

// Gone reports whether another applink removed the integration meanwhile.
func (w *Walk) Gone() bool {
	return w.problem != nil && errors.Is(w.problem, finding.NoSuchIntegration)
}

// FindingOf turns any error into what can be shown.
func FindingOf(err error) *core.Finding {
	var f *core.Finding
	if errors.As(err, &f) {
		return f
	}
	return finding.Internal.With().Because(err.Error())
}

// Action is what confirming a page means.
type Action string

// What confirming a page can mean.
const (
	GoForward Action = "forward"  // look at the next place: this one is done
	TakeWord  Action = "say"      // store the admin's word that the step is done
	Overrule  Action = "overrule" // go on without proof, after an explicit yes
	TypeCode  Action = "type"     // take the code, or the address that the browser was sent to
	Remedied  Action = "remedy"   // take the answer that mends the finding
	Migrate   Action = "migrate"  // begin the move to OAuth 2
	GoHome    Action = "home"     // leave the summary
)

// Enter is what confirming the page means.
func (w *Walk) Enter() Action {
	switch {
	case w.at.Step.Last && w.session.ThenMigrate && w.Movable():
		return Migrate
	case w.at.Step.Last:
		return GoHome
	case w.Typed():
		return TypeCode
	case w.Behind(), w.Needed() && w.Passed():
		return GoForward
	case w.Remedy().Answer != "":
		return Remedied
	case w.Needed():
		return Overrule
	}
	return TakeWord
}

// Say stores the admin's word on the step of the place: that it is done, or, where it has
// a check, to go on without proof.
func (w *Walk) Say() Job {
	lib, id, step := w.session.Library, w.state.Integration.ID, w.at.Step.ID
	w.leave()
	return w.job(aWord, func(ctx context.Context, r *Result) { r.state, r.err = lib.Say(ctx, id, step) })
}

// Movable reports whether the link in use can be moved to OAuth 2.
func (w *Walk) Movable() bool { return w.state.Moves().MayMove(setup.Migration) == nil }

// Migrate begins the move to OAuth 2, or goes on with it.
func (w *Walk) Migrate() Job {
	lib, id := w.session.Library, w.state.Integration.ID
	return w.job(aWord, func(ctx context.Context, r *Result) { r.state, r.err = lib.Migrate(ctx, id) })
}
