// Package core is the vocabulary of applink: the nouns that the wizard, the
// commands, the database and the practice server all share, and the version
// rules of Bitbucket and of the applications.
//
// An [Integration] is a named record: one application on one Bitbucket server.
// It holds one or more [Link] values, each an Application Link in Bitbucket, of
// which at most one is active. Everything else that is known is a fact, and
// there are three kinds: an [Answer] is what the admin entered, an [Outcome] is
// what the server said when it was asked, and a [Word] is the admin's statement
// that something is done. Which step comes next is never stored; package
// core/setup derives it from the facts.
//
// What went wrong is a [Finding], never a bare Go error.
//
// The package knows no terminal, no database and no network.
package core
