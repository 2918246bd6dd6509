package setup

import (
	"slices"
	"testing"

	"applink/core"
)

// A redirect URL belongs to OAuth 2: left over from there it is nothing to an OAuth 1
// link, and goes when the protocol is changed.
func TestRedirectURLsAreOfOAuth2(t *testing.T) {
	for o, want := range map[core.OAuth]string{core.OAuth1: "", core.OAuth2: LocalCallback} {
		a := basics("own", o)
		a[core.FieldCallback] = "https://app.example/cb," + LocalCallback
		v := given("9.4.0", a).Values()
		if v["callback-local"] != want || (v["callback-left"] != "") != (want != "") {
			t.Errorf("over %s: %q and %q are left", o, v["callback-local"], v["callback-left"])
		}
	}
	if !slices.Contains(Dropped(core.FieldOAuth), core.FieldCallback) {
		t.Error("another protocol keeps the redirect URL")
	}
}

// Who signed in is a proof only if all of it passed, the renewal of the tokens included.
func TestOnlyAProofNamesItsUser(t *testing.T) {
	for state, want := range map[core.CheckState]string{core.Passed: "jane", core.Failed: ""} {
		s := given("9.4.0", basics("own", core.OAuth2))
		s.Integration.Links[0].Checks[core.CheckIdentity] = core.Outcome{Check: core.CheckIdentity, State: state,
			Learned: map[core.Learned]string{core.LearnedUser: "jane"}}
		if got := New(s.Integration, apps).Values()["user"]; got != want {
			t.Errorf("%s: the user is %q, want %q", state, got, want)
		}
	}
}

// Nobody was asked for the name of a link that was set up by hand: not of that link, nor
// when its key is replaced. One that is made beside it has the name that it is given.
func TestNameOfALinkSetUpByHandIsUnknown(t *testing.T) {
	for o, want := range map[core.OAuth]string{core.OAuth1: "", core.OAuth2: "Build farm 2"} {
		s := byHand("9.4.0", basics("own", o))
		s.Integration.Links[0].State, s.Integration.Links[0].OAuth = core.LinkActive, o
		if v := s.Values(); v["link-name"] != "" || v["consumer-name"] != "" {
			t.Errorf("over %s the link is called %q", o, v["link-name"])
		}
		s.Integration.Links = append(s.Integration.Links, core.Link{ID: 2, State: core.LinkDraft, OAuth: o,
			Facts: core.Facts{Answers: map[core.Field]core.Answer{core.FieldOAuth: {Value: string(o)}}}})
		if v := New(s.Integration, apps).Values(); v["link-name"] != want || v["consumer-name"] != want {
			t.Errorf("rotating over %s calls the link %q, want %q", o, v["link-name"], want)
		}
	}
}
