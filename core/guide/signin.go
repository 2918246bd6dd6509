package guide

import (
	"strings"

	"applink/core"
	"applink/core/setup"
)

// Host is who is asked about an integration, for a sentence.
func Host(s *setup.State) string {
	if h := s.Values()["host"]; h != "" {
		return h
	}
	return "Bitbucket"
}

// Invite tells which pages to open for a sign-in that is under way.
func Invite(d core.Dance, remote bool) string {
	var lines []string
	if forward := d.Forward(); forward != "" && remote {
		lines = append(lines, "Run this where the browser is, and leave it running:", forward)
	}
	if warmup, _ := d.Warmup(); warmup != "" {
		lines = append(lines, "First open this page in the browser and let it accept the certificate, which is applink's own:", warmup)
	}
	return strings.Join(append(lines, "Open this page in a browser, sign in and allow:", d.URL()), "\n")
}

// ErrorPage says what to do at an error page, from which no browser comes back.
const ErrorPage = "Should the page show an error in place of \"Allow\", nothing comes back from there: type error to be told the causes."
