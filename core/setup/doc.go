// Package setup is the guided set-up as a pure state machine.
//
// It holds facts, not a cursor. An integration and its current link carry
// answers, check outcomes and words; which steps apply, which are complete and
// which one is current is all derived here, by a [State], from one table of
// [Step] values. Resume is loading the facts. Looking at an earlier step changes
// nothing. Changing an answer takes back exactly the checks and words that
// depended on it.
//
// A link that was completed stays complete: it is held to the steps and questions that
// its set-up met, see [Path.Completion]. What another version of applink asks beyond
// them is shown as new and blocks nothing.
//
// The walk leads through the link that is set up, or else the one in use. Beside
// that an integration can have a link that is superseded; [Links.InUse],
// [Links.Through] and [Links.For] look at the same facts through another link. A link
// that was set up by hand has a shorter path, see [Adopted]. A transient answer is
// put to the server and kept nowhere: its step rests on what came of it.
//
// A caller, be it the full screen, the plain mode or a command, asks the machine
// three questions: what is the current step, what does it ask, and what must be
// checked. [Path.Current] answers all three. Adding a step is a row in step.go
// and a page in assets/guide.
//
// The package has no side effects: no clock, no network, no database.
package setup
