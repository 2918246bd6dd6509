package bitbucket

import (
	"slices"
	"strings"
)

// scope is one permission of an incoming OAuth 2 link.
type scope struct {
	Key    string
	Group  string // column of the permission grid; "" for what every link may do
	Box    string // label in the column
	Allows []string
}

// Label is how people name the box: "Repositories: Read".
func (s scope) Label() string { return s.Group + ": " + s.Box }

// scopes are in the order of their power: each includes those before it, but for
// ACCOUNT_WRITE, which stands beside them. The keys ACCOUNT_WRITE, ADMIN_WRITE
// and SYSTEM_ADMIN, and the inclusion, are inferred from the sibling products.
var scopes = []scope{
	{Key: scopePublic, Allows: []string{"Pull and clone public repositories"}},
	{Key: scopeAccount, Group: "Account", Box: "Write", Allows: []string{"Change your account settings"}},
	{Key: scopeRead, Group: "Repositories", Box: "Read", Allows: []string{"Pull and clone repositories", "Create and comment on pull requests"}},
	{Key: "REPO_WRITE", Group: "Repositories", Box: "Write", Allows: []string{"Push to repositories", "Merge pull requests"}},
	{Key: "REPO_ADMIN", Group: "Repositories", Box: "Admin", Allows: []string{"Change the settings and permissions of repositories"}},
	{Key: "PROJECT_ADMIN", Group: "Projects", Box: "Admin", Allows: []string{"Change the settings and permissions of projects", "Create repositories"}},
	{Key: scopeAdmin, Group: "Admin", Box: "Write", Allows: []string{"Perform most administrative functions on the entire Bitbucket instance"}},
	{Key: scopeSystem, Group: "System admin", Box: "Write", Allows: []string{"Perform all administrative functions on the entire Bitbucket instance"}},
}

const (
	scopePublic  = "PUBLIC_REPOS"
	scopeAccount = "ACCOUNT_WRITE"
	scopeRead    = "REPO_READ"
	scopeAdmin   = "ADMIN_WRITE"
	scopeSystem  = "SYSTEM_ADMIN"
)

// scopeColumns are the groups of the permission grid, left to right.
var scopeColumns = []string{"System admin", "Admin", "Projects", "Repositories", "Account"}

// column returns the scopes of a group, in the order of the grid.
func column(group string) []scope {
	var boxes []scope
	for _, s := range scopes {
		if s.Group == group {
			boxes = append(boxes, s)
		}
	}
	return boxes
}

func scopeRank(key string) int {
	return slices.IndexFunc(scopes, func(s scope) bool { return s.Key == key })
}

// covers tells whether held scopes allow what a wanted one does. Every link and
// every token may see what is public.
func covers(held []string, wanted string) bool {
	if wanted == scopePublic {
		return true
	}
	return slices.ContainsFunc(held, func(key string) bool {
		return key == wanted || key != scopeAccount && wanted != scopeAccount && scopeRank(key) >= scopeRank(wanted)
	})
}

// allowedBy lists in words what held scopes allow.
func allowedBy(held []string) []string {
	var texts []string
	for _, s := range scopes {
		if covers(held, s.Key) {
			texts = append(texts, s.Allows...)
		}
	}
	return texts
}

// splitScopes takes the keys of an authorize request apart. Only a single space
// separates them, so a space at either end makes an empty, unknown key.
func splitScopes(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, " ")
}

// grantable returns the scopes that a request gets from a link, or false for
// invalid_scope.
func (o OAuth2Options) grantable(link []string, text string) ([]string, bool) {
	wanted := splitScopes(text)
	if len(wanted) == 0 {
		if len(link) == 0 {
			link = []string{scopePublic}
		}
		return link, o.ScopeOptional
	}
	var got []string
	for _, key := range wanted {
		switch {
		case scopeRank(key) < 0:
			return nil, false
		case covers(link, key):
			got = append(got, key)
		case !o.CutScopes:
			return nil, false
		}
	}
	return got, len(got) > 0
}
