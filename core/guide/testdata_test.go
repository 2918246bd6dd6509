package guide

import (
	"strings"
	"testing"

	"applink/core"
)

// steps in the order of the set-up.
var steps = []core.StepID{"application", "platform", "base-url", "oauth-version", "form", "keys", "callback",
	"create-link", "confirm-url", "describe-link", "incoming", "credentials", "two-factor", "authorize", "deliver", "finish", "login-link", "retire", "done"}

var lookedAt = []core.Version{"7.17", "7.20", "7.21", "8.19", "9.4", "10.2", ""}

const publicKey = "-----BEGIN PUBLIC KEY-----\nMIIBIjAN_not*a*key\n-----END PUBLIC KEY-----\n"

// known gives every value that a caller may give.
func known(app core.Application, o core.OAuth) map[string]string {
	values := map[string]string{}
	for name := range labels {
		values[name] = "the " + name
	}
	base := "https://git.example.com/bitbucket"
	for name, text := range map[string]string{
		"application": app.Name, "the-application": app.InSentence(), "vendor": app.Vendor, "app-url": "https://packages.example.com",
		"name": "On-premise _Bitbucket_ *1*", "slug": "onpremisebitbucket1", "link-name": app.LinkName, "consumer-name": app.LinkName,
		"base-url": base, "host": "git.example.com", "oauth": o.String(), "client-id": "applink-3f9c2e71",
		"applinks-url": base + "/plugins/servlet/applinks/listApplicationLinks",
		"revoke-url":   base + "/plugins/servlet/oauth/users/access-tokens",
		"form-url":     "https://packages.example.com/settings", "key-bits": "2048", "public-key": publicKey,
		"callback":   "https://packages.example.com/a,https://packages.example.com/b",
		"login-link": "https://packages.example.com/login", "permissions": "Repositories: Read",
		"authorize-url": base + "/plugins/servlet/oauth/authorize?oauth_token=abc",
	} {
		values[name] = text
	}
	if app.URL != "" {
		values["app-url"] = app.URL
	}
	if app.Vendor == "" {
		delete(values, "vendor")
	}
	delete(values, "adopted") // few links are
	delete(values, "refusal")
	for name, is := range map[string]bool{
		"consumer-callback": app.Profiles[o].ConsumerCallback != "", "unsure": app.Profiles[o].Unsure != "",
		"incoming-link": app.Profiles[o].IncomingLink, "dialog-filled": len(app.Profiles[o].Outgoing) > 0,
		"two-legged": app.Profiles[o].TwoLegged, "impersonation": app.Profiles[o].Impersonation, "execute-as": app.Profiles[o].ExecuteAs != "",
	} {
		if !is {
			delete(values, name)
		}
	}
	for _, field := range core.OutgoingFields() {
		if values["outgoing-"+field] = app.Profiles[o].Outgoing[field]; values["outgoing-"+field] == "" {
			delete(values, "outgoing-"+field)
		}
	}
	if app.LinkName == "" {
		values["link-name"], values["consumer-name"] = values["name"], values["name"]
	}
	return values
}

// applies tells which steps a set-up has; it states the procedure once more, so
// that a page that is missing is noticed.
func applies(step core.StepID, app core.Application, o core.OAuth) bool {
	switch step {
	case "form":
		return app.Holder == core.HeldByApplication
	case "finish":
		return app.Holder == core.HeldByApplication || app.Profiles[o].Deliver != ""
	case "deliver":
		return app.Holder == core.HeldHere && app.Profiles[o].Deliver != ""
	case "keys", "confirm-url", "describe-link":
		return o == core.OAuth1
	case "callback", "credentials":
		return o == core.OAuth2
	case "authorize":
		return app.Holder == core.HeldHere
	case "login-link":
		return app.LoginLink != ""
	}
	return true
}

// skipped are the steps that only tell how to make a link.
func skipped(step core.StepID, o core.OAuth) bool {
	switch step {
	case "form", "create-link", "confirm-url", "describe-link", "two-factor", "authorize", "deliver", "finish":
		return true
	case "incoming":
		return o == core.OAuth2
	}
	return false
}

// ways are the values that tell why a link is set up; none of them is the first
// set-up, which "new" stands for.
var ways = []string{"new", "migrating", "rotating", "adopted", "refusal"}

// everyQuery calls f for every step of every set-up, whatever it is for.
func everyQuery(t *testing.T, f func(t *testing.T, q Query)) {
	t.Helper()
	apps, err := Applications()
	if err != nil {
		t.Fatal(err)
	}
	for _, app := range apps {
		for _, o := range []core.OAuth{core.OAuth1, core.OAuth2} {
			if _, known := app.Profiles[o]; !known {
				continue
			}
			for _, version := range lookedAt {
				for _, step := range steps {
					for _, way := range ways {
						if !applies(step, app, o) || way == "adopted" && skipped(step, o) {
							continue
						}
						q := Query{Step: step, Version: version, OAuth: o, Application: app, Values: known(app, o)}
						for _, w := range ways {
							delete(q.Values, w)
						}
						q.Values[way] = "yes"
						t.Run(strings.Join([]string{app.ID, string(o), string(version), string(step), way}, "/"), func(t *testing.T) { f(t, q) })
					}
				}
			}
		}
	}
}
