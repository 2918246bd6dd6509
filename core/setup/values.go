package setup

import (
	"net/url"
	"strings"

	"applink/core"
)

// Values are the texts that fill the pages and drawings, by the names that the
// pages use. None of them is a secret.
func (s *State) Values() map[string]string {
	base := s.Value(core.FieldBaseURL)
	v := map[string]string{
		"application":       s.App.Name,
		"the-application":   s.App.InSentence(),
		"vendor":            s.App.Vendor,
		"app-url":           s.AppURL(),
		"form-url":          s.AppURL(),
		"name":              s.Integration.Name,
		"slug":              s.Integration.Slug,
		"link-name":         s.Links().LinkName(),
		"consumer-name":     s.Links().LinkName(),
		"purpose":           s.Purpose().String(),
		"base-url":          base,
		"bitbucket-version": string(s.Server().Version),
		"oauth":             s.OAuth().String(),
		"client-id":         s.Value(core.FieldClientID),
		"public-key":        s.Value(core.FieldPublicKey),
		"key-bits":          s.Value(core.FieldKeyBits),
		"login-link":        s.Value(core.FieldLoginLink),
		"permissions":       strings.Join(s.App.Permissions[s.Purpose()], ", "),
	}
	s.addCircumstances(v)
	if u, err := url.Parse(base); err == nil && base != "" {
		v["host"] = u.Host
		v["applinks-url"] = base + "/plugins/servlet/applinks/listApplicationLinks"
		if s.OAuth() == core.OAuth1 {
			v["revoke-url"] = base + "/plugins/servlet/oauth/users/access-tokens"
		}
	}
	return v
}

// addCircumstances adds what holds only at times: pages ask whether such a value is
// there.
func (s *State) addCircumstances(v map[string]string) {
	if s.Path().passed(core.CheckIdentity) {
		v["user"], v["user-name"] = s.learned(core.CheckIdentity, core.LearnedUser), s.learned(core.CheckIdentity, core.LearnedUserName)
	}
	if s.OAuth() == core.OAuth2 {
		v["callback"] = s.Value(core.FieldCallback)
		if local := s.LocalCallback(); local != "" && heldHere(s) {
			v["callback-local"], v["callback-left"] = local, s.otherCallbacks()
		}
	}
	if opts := protocols(s); len(opts) == 1 && !s.Adopted() {
		other := map[core.OAuth]core.OAuth{core.OAuth1: core.OAuth2, core.OAuth2: core.OAuth1}[s.OAuth()]
		for _, r := range s.AdviceOn(other).Reasons {
			if r.Verdict == core.Refused {
				v["only-reason"] = r.Text
			}
		}
	}
	if s.Moves().Migrating() {
		v["migrating"] = "yes"
	}
	if s.Moves().Rotating() {
		v["rotating"] = "yes"
	}
	if s.Value(core.FieldKeepTokens) == "yes" {
		v["keeps"] = "yes"
	}
	if s.Adopted() {
		v["adopted"] = "yes"
		v["move-reason"] = s.Moves().MoveReason()
	}
	if s.Value(core.FieldCallback) != "" && s.WayBack(false) == core.BackByAddress {
		v["pasted"] = "yes"
	}
	if old := s.Integration.Superseded(); old != nil {
		v["superseded"] = old.OAuth.String()
		v["in-use"] = s.Links().InUse().OAuth().String()
		if s.Links().Ahead() != nil {
			v["ahead"] = "yes"
		}
		if old.ID == s.Link.ID && s.Path().Current().Question == nil {
			v["deletable"] = "yes"
		}
	}
}
