package core

import (
	"cmp"
	"slices"
)

// Verdict is what a rule says about a protocol.
type Verdict string

// The verdicts, from worst to best.
const (
	Refused     Verdict = "refused"     // cannot work; not offered
	Discouraged Verdict = "discouraged" // may work; offered with the reason
	Possible    Verdict = "possible"
	Recommended Verdict = "recommended"
)

var verdictRank = map[Verdict]int{Refused: 0, Discouraged: 1, Possible: 2, Recommended: 3}

// Rule is one statement about a protocol on some versions of Bitbucket. Rules
// of Bitbucket and rules of an application are kept apart, because they have
// different authors and different reasons.
type Rule struct {
	OAuth   OAuth
	Purpose Purpose // "" for any
	From    Version // first version it holds for; "" from the beginning
	Below   Version // first version it no longer holds for; "" to the end
	Verdict Verdict
	Reason  string // one sentence for the admin
	Source  string // who says so
}

// BitbucketRules are Bitbucket's own. That a server offers OAuth 2 at all is
// better probed than read off its number: see Server.OAuth2.
var BitbucketRules = []Rule{
	{OAuth: OAuth2, Below: FirstOAuth2, Verdict: Refused,
		Reason: "Bitbucket has incoming OAuth 2 links from 7.20 on.",
		Source: "Atlassian, Bitbucket 7.20 documentation: Configure an incoming link"},
	{OAuth: OAuth1, Below: FirstOAuth2, Verdict: Recommended,
		Reason: "It is the only protocol that this version offers for incoming links.",
		Source: "Atlassian, Bitbucket 7.20 documentation: Configure an incoming link"},
}

// The versions at which something changes.
const (
	// FirstOAuth2 brought incoming OAuth 2 links and the "Create link" dialog.
	// Atlassian documents both from 7.20; Private Packagist says 7.21.
	FirstOAuth2 Version = "7.20"
)

// Server is what is known about a Bitbucket server.
type Server struct {
	BaseURL string
	Version Version // read or stated; "" when unknown
	Stated  bool    // the version is the admin's word
	OAuth2  string  // "present", "absent" or "unknown": did the OAuth 2 provider answer
}

// Advice is the verdict on one protocol with the rules that led to it.
type Advice struct {
	OAuth   OAuth
	Verdict Verdict
	Reasons []Reason
}

// Why returns the sentence of the rule that decided the verdict, "" if no rule did.
func (a Advice) Why() string {
	for _, r := range slices.Backward(a.Reasons) {
		if r.Verdict == a.Verdict {
			return r.String()
		}
	}
	return ""
}

// Reason is one rule's sentence, with whose rule it is.
type Reason struct {
	Whose   string // the application's vendor, or "Bitbucket", also for an application without a vendor
	Verdict Verdict
	Text    string
	Source  string
}

// String returns the sentence, prefixed with the owner of the rule.
func (r Reason) String() string { return r.Whose + ": " + r.Text }

// Advise weighs the rules of Bitbucket and of the application for a server and a
// purpose. The result always has one entry for OAuth 2 and one for OAuth 1, the
// better one first. One rule that refuses outweighs all others.
func Advise(server Server, app Application, purpose Purpose) []Advice {
	two := advise(OAuth2, server, app, purpose)
	one := advise(OAuth1, server, app, purpose)
	if verdictRank[one.Verdict] > verdictRank[two.Verdict] {
		return []Advice{one, two}
	}
	return []Advice{two, one}
}

func advise(o OAuth, server Server, app Application, purpose Purpose) Advice {
	a := Advice{OAuth: o, Verdict: Possible}
	weigh := func(whose string, rules []Rule) {
		for _, r := range rules {
			if r.OAuth == o && r.holds(server.Version, purpose) {
				a.add(whose, r)
			}
		}
	}
	weigh("Bitbucket", BitbucketRules)
	if o == OAuth2 && server.OAuth2 == "absent" && a.Verdict != Refused {
		a.add("Bitbucket", Rule{Verdict: Discouraged, Source: "asked this server",
			Reason: "This server's OAuth 2 provider does not answer; it needs an https base URL."})
	}
	weigh(cmp.Or(app.Vendor, "Bitbucket"), app.Rules)
	return a
}

func (a *Advice) add(whose string, r Rule) {
	a.Reasons = append(a.Reasons, Reason{Whose: whose, Verdict: r.Verdict, Text: r.Reason, Source: r.Source})
	worse := verdictRank[r.Verdict] < verdictRank[a.Verdict]
	if worse || a.Verdict == Possible {
		a.Verdict = r.Verdict
	}
}

func (r Rule) holds(v Version, p Purpose) bool {
	if r.Purpose != "" && r.Purpose != p {
		return false
	}
	if r.From != "" && !v.AtLeast(r.From) {
		return false
	}
	return r.Below == "" || v.Below(r.Below)
}
