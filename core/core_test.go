package core

import (
	"errors"
	"fmt"
	"testing"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"On-premise Bitbucket": "onpremisebitbucket", "Bitbucket Data Center": "bitbucketdatacenter",
		"Bitbucket Server": "bitbucketserver", "  ": "", "…": "", "Büro 7": "büro7",
	} {
		if got := Slug(name); got != want {
			t.Errorf("slug of %q is %q, want %q", name, got, want)
		}
	}
}

func TestCurrentLink(t *testing.T) {
	in := Integration{Links: []Link{{ID: 1, State: LinkRetired}, {ID: 2, State: LinkActive}}}
	if l := in.Current(); l == nil || l.ID != 2 {
		t.Errorf("without a draft the current link is %v", l)
	}
	in.Links = append(in.Links, Link{ID: 3, State: LinkDraft})
	if l := in.Current(); l == nil || l.ID != 3 {
		t.Errorf("with a draft the current link is %v", l)
	}
	if l := in.Active(); l == nil || l.ID != 2 {
		t.Errorf("the active link is %v", l)
	}
	if l := (&Integration{}).Current(); l != nil {
		t.Errorf("no links, but %v", l)
	}
}

func TestFindingIsAnError(t *testing.T) {
	err := fmt.Errorf("reading: %w", &Suggestion{Value: "https://a", Finding: NewFinding("AL-TEST-1", map[string]string{"value": "a"}).Because("raw")})
	var f *Finding
	if !errors.As(err, &f) || f.Code != "AL-TEST-1" || f.Params["value"] != "a" || f.Raw != "raw" {
		t.Errorf("%#v", f)
	}
}

var packagist = Application{Vendor: "Private Packagist", Rules: []Rule{
	{OAuth: OAuth2, From: "7.20", Below: "7.21", Verdict: Discouraged, Reason: "its guide names 7.21"},
	{OAuth: OAuth2, From: "7.21", Verdict: Recommended, Reason: "its guide"},
	{OAuth: OAuth1, Purpose: PurposeSync, From: "8.0", Verdict: Refused, Reason: "no synchronizations"},
	{OAuth: OAuth1, Purpose: PurposeSignIn, From: "8.0", Verdict: Possible, Reason: "signing in is not said to stop"},
}}

func TestAdvise(t *testing.T) {
	for _, c := range []struct {
		version Version
		oauth2  string
		purpose Purpose
		first   OAuth
		one     Verdict
		two     Verdict
	}{
		{"7.17", "absent", PurposeSync, OAuth1, Recommended, Refused},
		{"7.20", "present", PurposeSync, OAuth1, Possible, Discouraged},
		{"7.21", "present", PurposeSync, OAuth2, Possible, Recommended},
		{"7.21", "absent", PurposeSync, OAuth1, Possible, Discouraged},
		{"9.4", "present", PurposeSync, OAuth2, Refused, Recommended},
		{"9.4", "present", PurposeSignIn, OAuth2, Possible, Recommended},
		{"9.4", "absent", PurposeSync, OAuth2, Refused, Discouraged},
		{"", "", PurposeSync, OAuth2, Possible, Possible},
	} {
		got := Advise(Server{Version: c.version, OAuth2: c.oauth2}, packagist, c.purpose)
		verdicts := map[OAuth]Verdict{got[0].OAuth: got[0].Verdict, got[1].OAuth: got[1].Verdict}
		if got[0].OAuth != c.first || verdicts[OAuth1] != c.one || verdicts[OAuth2] != c.two {
			t.Errorf("%s, provider %s, %s: %v", c.version, c.oauth2, c.purpose, got)
		}
		for _, a := range got {
			for _, r := range a.Reasons {
				if r.Whose == "" || r.Text == "" {
					t.Errorf("%s: a reason without words: %v", c.version, r)
				}
			}
		}
	}
}

// The rule that refuses is named, though one that recommends was weighed after it.
func TestAdviceNamesItsRule(t *testing.T) {
	eager := Application{Vendor: "Eager", Rules: []Rule{{OAuth: OAuth2, Verdict: Recommended, Reason: "It is new."}}}
	for version, want := range map[Version]string{"7.19": "Bitbucket: " + BitbucketRules[0].Reason, "8.0": "Eager: It is new."} {
		for _, a := range Advise(Server{Version: version}, eager, PurposeSignIn) {
			if a.OAuth == OAuth2 && a.Why() != want {
				t.Errorf("%s: %s because of %q, want %q", version, a.Verdict, a.Why(), want)
			}
		}
	}
	if why := (Advice{}).Why(); why != "" {
		t.Errorf("no advice, because of %q", why)
	}
}

func TestRulesNameTheirSource(t *testing.T) {
	for _, r := range BitbucketRules {
		if r.Source == "" || r.Reason == "" {
			t.Errorf("%v", r)
		}
	}
}
