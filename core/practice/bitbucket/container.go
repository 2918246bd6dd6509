package bitbucket

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// containerURL is the request's URL as the servlet container reports it: scheme
// and authority by the connector's proxy settings or the Host header, the path
// raw, without the query. The proxy faults are wrong settings.
func (s *store) containerURL(r *http.Request) string {
	scheme, authority := requestScheme(r), r.Host
	if u, err := url.Parse(s.options.PublicURL); err == nil && s.options.PublicURL != "" {
		scheme, authority = u.Scheme, u.Host
	}
	if s.faults.on(ProxyScheme) {
		scheme = map[string]string{"http": "https", "https": "http"}[strings.ToLower(scheme)]
	}
	name, port := splitAuthority(authority)
	if s.faults.on(ProxyHost) {
		name = "bitbucket.internal"
	}
	if s.faults.on(ProxyPort) {
		port = ":7999"
	}
	return scheme + "://" + name + port + rawPath(r)
}

// splitAuthority keeps the colon with the port.
func splitAuthority(authority string) (name, port string) {
	if _, p, err := net.SplitHostPort(authority); err == nil {
		return strings.TrimSuffix(authority, ":"+p), ":" + p
	}
	return authority, ""
}

// rawPath is the path exactly as it was sent.
func rawPath(r *http.Request) string {
	target := r.RequestURI
	if target == "" {
		return r.URL.EscapedPath()
	}
	target, _, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, target, _ = strings.Cut(target, "://") // the absolute form, as proxies get it
	_, path, _ := strings.Cut(target, "/")
	return "/" + path
}
