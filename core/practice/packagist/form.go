package packagist

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"applink/core"
)

// form is the form of an integration as it was filled in.
type form struct {
	Name, Platform, BaseURL string
	OAuth                   core.OAuth
	TrustEmail              bool
	Timeout                 string
	ClientSecret            string // of OAuth 1, which does not use it
	OAuth2ID, OAuth2Secret  string
}

func readPackagistForm(r *http.Request) form {
	value := func(name string) string { return strings.TrimSpace(r.FormValue(name)) }
	return form{
		Name:         value("name"),
		Platform:     value("platform"),
		BaseURL:      strings.TrimRight(value("base_url"), "/"),
		OAuth:        core.OAuth(value("oauth_version")),
		TrustEmail:   value("trust_email") != "",
		Timeout:      value("api_timeout"),
		ClientSecret: value("client_secret"),
		OAuth2ID:     value("oauth2_client_id"),
		OAuth2Secret: value("oauth2_client_secret"),
	}
}

// check returns what is wrong, by field.
func (f form) check() map[string]string {
	wrong := map[string]string{}
	if core.Slug(f.Name) == "" {
		wrong["name"] = "Please enter a name with letters or digits."
	}
	if f.Platform != string(core.PlatformDataCenter) {
		wrong["platform"] = "Please choose Bitbucket Data Center / Server."
	}
	if why := baseURLProblem(f.BaseURL); why != "" {
		wrong["base_url"] = why
	}
	if f.OAuth != core.OAuth1 && f.OAuth != core.OAuth2 {
		wrong["oauth_version"] = "Please choose an OAuth version."
	}
	if f.OAuth == core.OAuth2 && f.OAuth2ID == "" {
		wrong["oauth2_client_id"] = "Please enter the Client ID that Bitbucket shows once the incoming link is saved."
	}
	if f.OAuth == core.OAuth2 && f.OAuth2Secret == "" {
		wrong["oauth2_client_secret"] = "Please enter the Client secret that Bitbucket shows once the incoming link is saved."
	}
	if n, err := strconv.Atoi(f.Timeout); f.Timeout != "" && (err != nil || n < 0 || n > 3600) {
		wrong["api_timeout"] = "Please enter whole seconds, 3600 at most, or nothing."
	}
	return wrong
}

// baseURLProblem says why a base URL is refused, or "".
func baseURLProblem(s string) string {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return "Please enter the URL of your Bitbucket Data Center / Server."
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return "This is not a URL such as http://127.0.0.1:7990/bitbucket."
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return "Please enter the base URL alone, without user name, query or fragment."
	case !loopback(u.Host):
		return "This is practice: the practice Private Packagist calls servers on this machine only " +
			"(127.0.0.1, ::1 or localhost). Use the Base URL of the practice Bitbucket."
	}
	return ""
}

// timeout is the time limit of calls to Bitbucket; 0 is none.
func timeout(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(n) * time.Second
	}
	return 10 * time.Second
}

// loopback reports whether a host, with or without port, is this machine.
func loopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
