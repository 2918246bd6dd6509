package core

import (
	"context"
	"slices"
	"time"
)

// CheckName names a question that is put to the server.
type CheckName string

// The checks. Each is run by core/check and completes the step that needs it.
const (
	CheckReach    CheckName = "reach"    // is this Bitbucket, which version, do the clocks agree
	CheckConsumer CheckName = "consumer" // does Bitbucket know the consumer key and public key (OAuth 1)
	CheckClient   CheckName = "client"   // does Bitbucket know the client id and secret (OAuth 2)
	CheckIdentity CheckName = "identity" // who does Bitbucket say has signed in
	CheckRetired  CheckName = "retired"  // does Bitbucket refuse the link that was superseded
)

// CheckState is the result of a check.
type CheckState string

// The states of an outcome.
const (
	Passed  CheckState = "passed"
	Failed  CheckState = "failed"
	Waiting CheckState = "waiting" // the admin's action elsewhere is still outstanding
	Unknown CheckState = "unknown" // the server's answer decides nothing
)

// Strength tells how much a passed check proves.
type Strength string

// A weak proof leaves something open, which the page names: a consumer check
// without the private key shows that the key is known, not that it is ours.
const (
	Strong Strength = "strong"
	Weak   Strength = "weak"
)

// Outcome is the stored result of a check.
type Outcome struct {
	Check    CheckName
	State    CheckState
	Strength Strength           // of a passed check
	Finding  *Finding           // why it failed; a warning beside a passed check; else nil
	Learned  map[Learned]string // what the server told on the way
	Evidence []Evidence         // what was asked and answered, without secrets, in order
	At       time.Time
}

// Printable returns the outcome with all of its texts [Printable] and of a bounded
// length. Package core/check returns such outcomes; a database may hold others.
func (o Outcome) Printable() Outcome {
	o.Check, o.State, o.Strength = line(o.Check), line(o.State), line(o.Strength)
	if o.Finding != nil {
		f := *o.Finding
		f.clean()
		o.Finding = &f
	}
	o.Learned = lines(o.Learned, longestLearned)
	o.Evidence = slices.Clone(o.Evidence)
	for i, e := range o.Evidence {
		o.Evidence[i] = Evidence{line(e.Label), evident(e.Value)}
	}
	return o
}

// Learned names a value that a check read from the server.
type Learned string

// What checks learn.
const (
	LearnedVersion  Learned = "version"   // of Bitbucket, as [Version]
	LearnedProduct  Learned = "product"   // displayName of application-properties
	LearnedClock    Learned = "clock"     // server clock minus ours, a Go duration
	LearnedOAuth2   Learned = "oauth2"    // "present", "absent" or "unknown"
	LearnedTLSDays  Learned = "tls-days"  // whole days until the certificate expires
	LearnedSupport  Learned = "support"   // when the version's support ends: Until of [SupportEnd]
	LearnedEnd      Learned = "end"       // announced day from which Data Center can only be read, 2006-01-02
	LearnedProxy    Learned = "proxy"     // proxy that the request went through
	LearnedUser     Learned = "user"      // user name from X-AUSERNAME
	LearnedUserID   Learned = "user-id"   // numeric id of that user
	LearnedUserName Learned = "user-name" // display name of that user
	LearnedRefresh  Learned = "refresh"   // "done" when the tokens of the proof were refreshed once
)

// Evidence is one line of what was seen, ready to be shown: "HTTP" "401
// oauth_problem=consumer_key_unknown".
type Evidence struct {
	Label string
	Value string
}

// WayBack says how a sign-in returns: to our listener, as a typed code, or as a pasted
// address.
type WayBack string

// The ways back.
const (
	BackHere      WayBack = "here"    // a listener on this machine receives the browser
	BackByCode    WayBack = "code"    // Bitbucket shows a code, to be typed
	BackByAddress WayBack = "address" // the browser ends elsewhere; the admin pastes its address
)

// Dance is an authorization in progress: the admin opens URL in a browser, signs in and
// allows access. Wait or Submit then ends it with the outcome of the identity check.
// Close releases the listener and may be called at any time.
type Dance interface {
	// URL is the page to open.
	URL() string
	// Warmup is a page to open before it, so that the browser asks about the
	// certificate of the local listener in time; "" for none. The channel is
	// closed when it was visited.
	Warmup() (url string, visited <-chan struct{})
	// Forward is the command that makes the local listener reachable for a browser
	// on another machine, to be run there; "" when nothing has to be reached.
	Forward() string
	// Wait ends when the browser came back to the local listener, or at the
	// dance's time limit. A dance that shows a code in the browser instead
	// returns at once with state Unknown: use Submit.
	Wait(ctx context.Context) Outcome
	// Submit ends the dance with the code that the browser shows, or with the
	// address that it ended at. The state is Unknown when ctx ended first.
	Submit(ctx context.Context, code string) Outcome
	// ErrorPage diagnoses an error page of Bitbucket in the browser, after which nobody
	// returns: it finds the cause or names the possible ones. The state is Unknown if
	// ctx ended first.
	ErrorPage(ctx context.Context) Outcome
	Close()
}
