package core

import (
	"net/url"
	"strings"
)

// IsLocalRedirect reports whether applink itself can receive the browser at a
// redirect URL: http or https on localhost, at any path but "/", which is kept for
// the page on which the browser accepts the listener's certificate. An address
// with a query or a fragment is none.
func IsLocalRedirect(redirect string) bool {
	u, err := url.Parse(redirect)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() == "localhost" &&
		strings.HasPrefix(u.EscapedPath(), "/") && u.Path != "/" && u.User == nil && !strings.ContainsAny(redirect, "?#")
}
