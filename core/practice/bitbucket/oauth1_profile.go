package bitbucket

import "applink/core/practice/web"

// Profile picks a side where the evidence about Bitbucket disagrees. Clients
// must get along with both.
type Profile string

const (
	// SharedPlugin is what is reported of the OAuth plug-in that Bitbucket,
	// Jira and Confluence share. It is the default.
	SharedPlugin Profile = ""
	// NetOAuth is what the open net.oauth library does, and Atlassian's port of
	// the provider to Jenkins.
	NetOAuth Profile = "net-oauth"
)

// newToken, newSecret and newHandle follow the shapes of each side.
func (p Profile) newToken() string {
	if p == NetOAuth {
		return newLinkID()
	}
	return web.Random(32)
}

func (p Profile) newSecret() string {
	if p == NetOAuth {
		return web.RandomFrom(web.Alphanumerics+"-_", 80)
	}
	return web.Random(32)
}

func (p Profile) newHandle() string { return p.newSecret() }

// decisionFields are the names of the consent buttons.
func (p Profile) decisionFields() (allow, deny string) {
	if p == NetOAuth {
		return "authorize", "cancel"
	}
	return "approve", "deny"
}
