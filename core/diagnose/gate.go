package diagnose

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// said makes a sign of a pattern over the lines of [spoken].
func said(pattern string) sign { return core.Pattern(`(?m)` + pattern) }

// inFront explains an answer that something in front of Bitbucket gave in its
// place. It is nil for Bitbucket's own, and where nothing tells whose it is.
func inFront(ex core.Exchange) *core.Finding {
	asked := strings.Join(foreignChallenges(ex.Header), ", ")
	switch {
	case ex.Err != nil, isOwnRefusal(ex), isMarked(ex.Header) && asked == "":
		return nil
	case ex.Status < 400 && len(ex.Body) > bodyRead:
		return nil // A page of that size is a site, which may speak of any program.
	case (ex.Status == http.StatusOK || ex.Status == http.StatusCreated) && !isHTML(ex):
		return nil
	}
	text := spoken(ex)
	for _, g := range gates {
		switch {
		case fits(g.asks, text):
			return signIn(ex, g.name, asked)
		case fits(g.refuses, text) && ex.Status != http.StatusUnauthorized:
			return refuses(ex, g.name)
		case fits(g.lost, text):
			return answered(ex, finding.BadGateway.With(statusOf(ex), g.name))
		}
	}
	name := frontName(ex.Header, text)
	switch ex.Status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		// Without a challenge, JSON is rather Bitbucket's that came through.
		if asked != "" || name != "" && !json.Valid(ex.Body) {
			return signIn(ex, name, asked)
		}
	case http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		switch {
		case asked != "":
			return signIn(ex, name, asked)
		case name != "":
			return refuses(ex, name)
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		if name != "" {
			return answered(ex, finding.BadGateway.With(statusOf(ex), name))
		}
	}
	return nil
}

func signIn(ex core.Exchange, gate, how string) *core.Finding {
	return answered(ex, finding.GatewayAuthRequired.With(bare(ex.URL), statusOf(ex), gate, how))
}

func refuses(ex core.Exchange, gate string) *core.Finding {
	return answered(ex, finding.GatewayForbidden.With(bare(ex.URL), statusOf(ex), gate, title(ex.Body)))
}

// refusedPage explains a page that refuses and tells nothing but its title.
func refusedPage(ex core.Exchange) *core.Finding {
	return refuses(ex, "")
}

func isRefusedPage(ex core.Exchange) bool {
	return ex.Status == http.StatusForbidden && isHTML(ex) && !isMarked(ex.Header) && title(ex.Body) != "" &&
		!ownPage().MatchString(title(ex.Body))
}

// ownPage fits titles of Bitbucket and of the Tomcat in it.
var ownPage = core.Pattern(`(?i)\bbitbucket\b|\bstash\b|^HTTP Status \d`)

// isMarked reports whether an answer has headers that Bitbucket sets and a
// program in front of it does not. Refusals of OAuth lack them.
func isMarked(h http.Header) bool {
	return slices.ContainsFunc([]string{"X-AREQUESTID", "X-AUSERNAME", "X-AUSERID", "X-ASEN", "X-Authentication-Denied-Reason", "X-Seraph-LoginReason"},
		func(name string) bool { return h.Get(name) != "" })
}

// isOwnRefusal reports whether Bitbucket itself refused, also where an add-on put
// its own challenge beside Bitbucket's, or in the JSON of OAuth 2.
func isOwnRefusal(ex core.Exchange) bool {
	code, _ := refusalOf(ex.Body)
	return code != "" || isEnvelope(ex.Body) || slices.ContainsFunc(ex.Header.Values("WWW-Authenticate"), isOwnChallenge)
}

func isOwnChallenge(challenge string) bool {
	challenge = strings.ToLower(strings.TrimSpace(challenge))
	return strings.HasPrefix(challenge, "oauth ") || strings.Contains(challenge, `realm="atlassian bitbucket"`)
}

// isEnvelope reports whether a body is one of the JSON forms in which Bitbucket
// tells errors. Others have lists of errors, too, with other members.
func isEnvelope(body []byte) bool {
	var says struct {
		Errors []json.RawMessage `json:"errors"`
		Status int               `json:"status-code"`
	}
	if json.Unmarshal(body, &says) != nil {
		return false
	}
	for _, raw := range says.Errors {
		var one struct {
			Context   json.RawMessage `json:"context"`
			Exception json.RawMessage `json:"exceptionName"`
			Message   *string         `json:"message"`
			Code      json.RawMessage `json:"code"`
		}
		var text string
		if json.Unmarshal(raw, &text) == nil || json.Unmarshal(raw, &one) == nil &&
			(one.Context != nil || one.Exception != nil || one.Message != nil && one.Code == nil) {
			return true
		}
	}
	return says.Status != 0
}

var (
	// scheme fits a challenge's beginning between two commas of a header, which
	// may hold several. A parameter has its "=" where a scheme has a blank.
	scheme         = core.Pattern(`^\s*([A-Za-z][A-Za-z0-9._-]*)(?:\s+[^\s=]|\s*$)`)
	challengeRealm = core.Pattern(`(?i)\brealm\s*=\s*(?:"([^"]*)"|([^",\s]+))`)
	quoted         = core.Pattern(`"[^"]*"`)
)

// foreignChallenges are the ways to sign in that an answer names and Bitbucket
// does not: "Negotiate", `Basic "Intranet"`.
func foreignChallenges(h http.Header) []string {
	var found []string
	for _, line := range slices.Concat(h.Values("WWW-Authenticate"), h.Values("Proxy-Authenticate")) {
		for _, c := range split(line[:min(len(line), 4096)]) {
			name := scheme().FindStringSubmatch(c)
			if name == nil || isOwnChallenge(c) {
				continue
			}
			way := name[1]
			if m := challengeRealm().FindStringSubmatch(c); m != nil && strings.TrimSpace(m[1]+m[2]) != "" {
				way += ` "` + clip(strings.TrimSpace(m[1]+m[2])) + `"`
			}
			if !slices.Contains(found, way) && len(found) < 5 {
				found = append(found, way)
			}
		}
	}
	return found
}

// split parts the challenges of one header.
func split(line string) []string {
	frame := quoted().ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("_", len(s)) })
	var parts []string
	began, at := 0, 0
	for piece := range strings.SplitSeq(frame, ",") {
		if at > 0 && scheme().MatchString(piece) {
			parts = append(parts, line[began:at-1])
			began = at
		}
		at += len(piece) + 1
	}
	return append(parts, line[began:])
}

// frontName names what stands in front by the headers that it adds, else as it
// calls itself in Server.
func frontName(h http.Header, text string) string {
	for _, g := range gates {
		if fits(g.front, text) {
			return g.name
		}
	}
	server := strings.TrimSpace(h.Get("Server"))
	if server == "" || behind().MatchString(server) {
		return ""
	}
	return clip(server)
}

// behind fits the servers that Bitbucket itself runs in.
var behind = core.Pattern(`(?i)^(?:apache[- ](?:tomcat|coyote)|atlassian|jetty)`)

const bodyRead = 16 << 10

var blanks = core.Pattern(`\s+`)

// spoken returns the signs by which an answer identifies its sender, in lower case, one
// a line: "status: 403", its headers in order of their names, "title: …" and "body: …".
func spoken(ex core.Exchange) string {
	var b strings.Builder
	line := func(name, value string) {
		b.WriteString(name + ": " + blanks().ReplaceAllString(strings.TrimSpace(value), " ") + "\n")
	}
	line("status", strconv.Itoa(ex.Status))
	names := make([]string, 0, len(ex.Header))
	for name := range ex.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range ex.Header[name] {
			line(name, value)
		}
	}
	if isHTML(ex) {
		line("title", title(ex.Body))
	}
	line("body", string(ex.Body[:min(len(ex.Body), bodyRead)]))
	return strings.ToLower(b.String())
}
