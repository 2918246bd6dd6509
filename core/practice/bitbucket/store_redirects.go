package bitbucket

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// redirectURLs takes the field "Redirect URL" apart. Several URLs joined by a
// comma without a space are in use with Private Packagist; no page of
// Atlassian's describes them.
func (o OAuth2Options) redirectURLs(field string) []string {
	if o.OneRedirect {
		return []string{field}
	}
	return strings.Split(field, ",")
}

// checkRedirect says why a redirect URL cannot be saved, or "".
func (s *store) checkRedirect(field string) string {
	const invalid = "Redirect URL is invalid: "
	if field == "" {
		return "Redirect URL is required."
	}
	for _, member := range s.options.OAuth2.redirectURLs(field) {
		u, err := url.Parse(member)
		switch {
		case err != nil || u.Host == "" || !isHTTP(u.Scheme):
			return invalid + "URL must be absolute"
		case u.Fragment != "":
			return invalid + "URL must not have a fragment"
		case u.Scheme == "http" && !s.plainRedirects() && !(s.options.OAuth2.LocalhostRedirect && u.Hostname() == "localhost"):
			return invalid + "URL must use https"
		}
	}
	return ""
}

// matchRedirect tells whether a request's redirect_uri is one of those of the
// link: letter by letter, the slash at the end included.
func (o OAuth2Options) matchRedirect(field, redirect string) bool {
	return slices.ContainsFunc(o.redirectURLs(field), func(registered string) bool {
		return registered == redirect || o.LoopbackPort && withoutPort(registered) != "" && withoutPort(registered) == withoutPort(redirect)
	})
}

// withoutPort returns a URL on a loopback address without its port, and "" for
// any other.
func withoutPort(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	name := u.Hostname()
	if ip := net.ParseIP(name); name != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return ""
	}
	u.Host = name
	return u.String()
}
