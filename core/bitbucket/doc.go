// Package bitbucket speaks to one Bitbucket Data Center or Server.
//
// A base URL comes in as people paste it and leaves [ParseBaseURL] in the one
// form that everything else uses: scheme, host, port and context path. A
// [Transport] carries requests there with verified TLS, time limits, a body
// limit and the proxy of the environment; it never follows a redirect, because
// a redirect to a login page is an answer worth seeing. On top of it a [Client]
// asks REST questions and [Probe] finds out what stands at a URL.
//
// Everything that goes over the wire can be watched: a [Recorder] put into a
// context with [WithRecorder] collects one core.Exchange for each request made
// with that context, with secrets masked, for core/diagnose to explain.
//
// Statements about the server's behaviour follow Atlassian's REST documentation
// and recordings of Bitbucket 7 to 10.
package bitbucket
