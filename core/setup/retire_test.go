package setup

import (
	"errors"
	"testing"

	"applink/core"
	"applink/core/finding"
)

// The link from before may go when somebody is known to have signed in over the one in
// use, to applink or to the application that holds the credentials.
func TestRetiringNeedsASignIn(t *testing.T) {
	held := basics("packagist-cloud", core.OAuth2)
	held[core.FieldCallback], held[core.FieldClientID], held[core.FieldTwoFactor] = "https://packagist.com/x", "id", "no"
	own := basics("own", core.OAuth1)
	own[core.FieldKeyBits], own[core.FieldClientID], own[core.FieldPublicKey], own[core.FieldTwoFactor] = "2048", "applink-1", "PEM", "no"
	for signIn, s := range map[core.StepID]*State{
		Finish:    given("8.19.0", held, Form, CreateLink, Incoming, Credentials),
		Authorize: given("8.19.0", own, Keys, CreateLink, ConfirmURL, Describe, Incoming),
	} {
		if _, asked := s.Path().Step(signIn); !asked {
			t.Fatalf("%s is not on the path", signIn)
		}
		in := s.Integration
		in.Links[0].State, in.Links[0].ID = core.LinkActive, 2
		in.Links = append(in.Links, core.Link{ID: 1, OAuth: core.OAuth1, State: core.LinkSuperseded})
		s = New(in, apps)
		if f := s.Moves().MayRetire(); f == nil || !errors.Is(f, finding.OldLinkStillNeeded) || s.Links().For(Retire).Link.ID != 2 {
			t.Errorf("without %s: %v, through link %d", signIn, f, s.Links().For(Retire).Link.ID)
		}
		in.Links[0].Words[signIn] = core.Word{}
		if f := s.Moves().MayRetire(); f != nil || s.Links().For(Retire).Link.ID != 1 {
			t.Errorf("with %s: %v, through link %d", signIn, f, s.Links().For(Retire).Link.ID)
		}
	}
}
