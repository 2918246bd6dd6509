// Package bitbucket is a practice Bitbucket: the pages, the OAuth provider
// and the REST calls of Bitbucket Data Center that an Application Link touches,
// small enough to start in a moment and faithful enough to learn from.
//
// It is three things in one program. A newcomer sees real HTML pages, with the
// labels of the version that was asked for, and can click through the whole
// procedure without harm. An admin rehearses, faults included. And tests use it
// as their double: [New] is an http.Handler, [Start] binds a loopback port, and
// package browser does what a person would do, by plain form posts.
//
// The OAuth 1 provider follows the Java libraries that Bitbucket is built on,
// to the byte where clients can notice: the order of checks, the order of
// fields in an error, the two WWW-Authenticate headers of a 401, the 500 of a
// signature with another key's length. It shares no code with applink's own
// client, so that one mistake cannot hide in both. Where the evidence about
// Bitbucket disagrees, [Profile] picks a side.
//
// The OAuth 2 provider follows Atlassian's pages and what clients in the field
// rely on: codes of ten seconds, redirects that match letter by letter, tokens
// of which a refresh leaves none alive. Much of it nobody has confirmed, so
// nearly every such answer has a field in [OAuth2Options] that turns it round.
//
// Where to find what: [New] in server.go assembles the server from parts, each of which
// mounts its own routes and is in the files named for it: sessions (login and start
// page), links (the administration pages), linkAPI and clientAPI (the REST resources that
// make links), oauth1, oauth2, rest (what sign-in and synchronization read), and disturber
// (the faults that answer in place of the server). They share one site, which answers with
// pages and errors and guards them, over one store, which holds the settings, the data and
// the lock.
//
// Nothing is stored and nothing is called: a practice server forgets everything
// when it ends, and never opens a connection.
package bitbucket
