// Package walk is the conversation of the set-up: one integration, walked through by an
// admin. The full screen, plain mode and the commands are renderers of it: they draw, read
// keys, lines and flags, and decide nothing.
//
// A [Walk] stands at a place of the step table (package core/setup): at a question or at a
// page. [Walk.Back] and [Walk.Forward] look at other places; what is looked at never
// changes where the set-up stands. At a question [Walk.Question] tells what is asked and
// [Walk.Give] answers it. At a page [Walk.Enter] tells what confirming it means,
// [Walk.Ask] puts its check to the server and [Walk.SignIn] begins its sign-in.
//
// What can block, because it asks a server or writes the database, is a [Job]. A face runs
// it where it likes, in a command of Bubble Tea or in place, and hands its [Result] to
// [Walk.Take], which changes the walk and tells what followed. Leaving a place cancels what
// was begun there, and a result that still comes is dropped.
//
// What is done with the links of an integration outside a walk is decided here, too:
// [Session.Begin] tells what a move leads to, [Session.GoBack] and [Turn] lead to a link
// that is not in use, [Retiring] to the one that was superseded.
//
// Three rules hold for every face:
//
//   - Only a passed check or the admin's word moves the walk on. What failed, waits or
//     cannot be told stays where it is and is shown; what follows from it is the rule of
//     [core.Asking].
//   - What gives something up takes an explicit yes of its own: going on without proof, and
//     an answer that takes something from a link in use.
//   - A text that is doubted is warned about once; given once more, it is taken.
//
// A Walk is not safe for concurrent use; its jobs may run beside it.
package walk
