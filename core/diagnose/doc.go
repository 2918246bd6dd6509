// Package diagnose turns recorded facts into findings: an error of the network,
// an exchange with a server, a clock difference go in, a core.Finding with the
// particulars that its page needs comes out, or nil where nothing is wrong.
//
// It asks nobody anything, so every symptom can be tested from a table. The
// symptoms stand in tables themselves, by family: network.go, tls.go, http.go,
// product.go, oauth1.go and oauth2.go. Rows are tried in order and the first that fits
// wins; the last row of a table is the one that always fits, so that no failure
// stays without a finding.
//
// What Bitbucket answers to OAuth 1 requests is told by the OAuth Problem
// Reporting extension, which [ParseProblem] reads from the body and from the
// WWW-Authenticate headers.
package diagnose
