package diagnose

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"applink/core"
)

// Problem is a server's report on an OAuth 1 request that it refused, in the form of
// the OAuth Problem Reporting extension.
type Problem struct {
	Name       string    // "consumer_key_unknown"; "" when none is told
	BaseString string    // that the server computed, with signature_invalid
	From, To   time.Time // accepted timestamps, both ends included; zero when not told
	Names      []string  // parameters that are absent or rejected
	Versions   string    // of OAuth that are accepted, "1.0-1.0"
	Advice     string
	// Echo says that a challenge repeated the request's own parameters, which
	// Bitbucket does where it refuses without a problem.
	Echo bool
}

var (
	problemName = core.Pattern(`^[a-z][a-z_]{0,63}$`)
	authPair    = core.Pattern(`([A-Za-z_]+)="([^"]*)"`)
)

// ParseProblem reads a problem from an answer: its form body, else its
// WWW-Authenticate headers, of which a 401 of Bitbucket has two.
func ParseProblem(body []byte, header http.Header) Problem {
	challenge := challenges(header)
	values := url.Values{}
	if bytes.Contains(body[:min(len(body), 64<<10)], []byte("oauth_problem=")) {
		// A pair that cannot be decoded is left out, the others are kept.
		values, _ = url.ParseQuery(strings.TrimSpace(string(body[:min(len(body), 64<<10)])))
	}
	if !problemName().MatchString(values.Get("oauth_problem")) {
		values = challenge
	}
	p := Problem{Echo: challenge.Has("oauth_consumer_key") || challenge.Has("oauth_signature_method")}
	if !problemName().MatchString(values.Get("oauth_problem")) {
		return p
	}
	p.Name = values.Get("oauth_problem")
	p.BaseString = values.Get("oauth_signature_base_string")
	p.Versions = clip(values.Get("oauth_acceptable_versions"))
	p.Advice = values.Get("oauth_problem_advice")
	p.From, p.To = timestamps(values.Get("oauth_acceptable_timestamps"))
	for _, list := range []string{values.Get("oauth_parameters_absent"), values.Get("oauth_parameters_rejected")} {
		p.Names = appendNames(p.Names, list)
	}
	return p
}

// challenges collects the parameters of all OAuth challenges. Proxies may have
// joined the headers into one.
func challenges(header http.Header) url.Values {
	values := url.Values{}
	for _, line := range header.Values("WWW-Authenticate") {
		if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "oauth") {
			continue
		}
		for _, m := range authPair().FindAllStringSubmatch(line, -1) {
			value, err := url.QueryUnescape(m[2])
			if err != nil {
				value = m[2]
			}
			values.Add(m[1], value)
		}
	}
	return values
}

// timestamps reads "1000-2000", in seconds.
func timestamps(s string) (from, to time.Time) {
	first, last, ok := strings.Cut(s, "-")
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	const farthest = 1 << 40
	if !ok || errA != nil || errB != nil || a > b || a < 0 || b > farthest {
		return time.Time{}, time.Time{}
	}
	return time.Unix(a, 0), time.Unix(b, 0)
}

// appendNames reads "a&b" or "a=1&a=2" and drops values and repeats.
func appendNames(names []string, list string) []string {
	for pair := range strings.SplitSeq(list, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
