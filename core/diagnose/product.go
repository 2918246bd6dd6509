package diagnose

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// productSigns tell by what a product gives itself away: the type id of its
// manifest or of its display name, a response header, the address that its
// start page redirects to, the title of its pages.
var productSigns = []struct {
	product  string
	kind     finding.Kind2
	name     string // typeId or displayName, in lower case
	header   string
	location func() *regexp.Regexp
	title    func() *regexp.Regexp
}{
	{"Jira", finding.IsJira, "jira", "", core.Pattern(`/secure/Dashboard\.jspa|/login\.jsp`), core.Pattern(`\bJira\b|\bJIRA\b`)},
	{"Confluence", finding.IsConfluence, "confluence", "X-Confluence-Request-Time", core.Pattern(`/login\.action|/dashboard\.action`), core.Pattern(`\bConfluence\b`)},
	{"Bamboo", finding.NotBitbucket, "bamboo", "", core.Pattern(`!doDefault\.action|/allPlans\.action`), core.Pattern(`\bBamboo\b`)},
	{"Crowd", finding.NotBitbucket, "crowd", "", core.Pattern(`/crowd/console`), core.Pattern(`\bCrowd\b`)},
	{"GitLab", finding.NotBitbucket, "gitlab", "X-Gitlab-Meta", core.Pattern(`/users/sign_in`), core.Pattern(`\bGitLab\b`)},
	{"GitHub", finding.NotBitbucket, "github", "X-GitHub-Request-Id", nil, core.Pattern(`\bGitHub\b`)},
	{"Jenkins", finding.NotBitbucket, "jenkins", "X-Jenkins", nil, core.Pattern(`\bJenkins\b`)},
	{"Gitea", finding.NotBitbucket, "gitea", "", nil, core.Pattern(`\bGitea\b`)},
	{"Forgejo", finding.NotBitbucket, "forgejo", "", nil, core.Pattern(`\bForgejo\b`)},
}

// product names another product than Bitbucket that gave one of the answers,
// nil when there is no sign of one.
func product(exchanges []core.Exchange) *core.Finding {
	for _, ex := range exchanges {
		name, page := strings.ToLower(ownName(ex)), ""
		if isHTML(ex) {
			page = title(ex.Body)
		}
		for _, sign := range productSigns {
			switch {
			case name != "" && strings.HasPrefix(name, sign.name),
				sign.header != "" && ex.Header.Get(sign.header) != "",
				sign.location != nil && sign.location().MatchString(ex.Header.Get("Location")),
				page != "" && sign.title().MatchString(page):
				return answered(ex, sign.kind.With(baseOf(ex.URL), sign.product))
			}
		}
	}
	return nil
}

// ownName returns the product that a JSON answer names as its sender.
func ownName(ex core.Exchange) string {
	var says struct {
		TypeID      string `json:"typeId"`
		DisplayName string `json:"displayName"`
	}
	if ex.Status != http.StatusOK || json.Unmarshal(ex.Body, &says) != nil {
		return ""
	}
	if says.DisplayName != "" {
		return says.DisplayName
	}
	return says.TypeID
}
