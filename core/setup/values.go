package setup

import (
	"cmp"
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
		"app-url":           cmp.Or(s.fill(s.Profile().LinkURL), s.AppURL()),
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
		"permissions":       strings.Join(s.Permissions(), ", "),
	}
	s.addProfile(v)
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

// addProfile adds what the application wants of its link, as far as it is anything.
func (s *State) addProfile(v map[string]string) {
	p := s.Profile()
	for name, value := range p.Outgoing {
		v["outgoing-"+name] = s.fill(value)
	}
	for name, is := range map[string]bool{"incoming-link": p.IncomingLink, "two-legged": p.TwoLegged, "impersonation": p.Impersonation} {
		if is {
			v[name] = "yes"
		}
	}
	v["execute-as"], v["unsure"], v["sign-in-url"] = p.ExecuteAs, p.Unsure, s.fill(p.SignIn)
	v["consumer-callback"] = s.consumerCallback()
	if len(p.Outgoing) > 0 || p.IncomingLink {
		v["dialog-filled"] = "fill in what stands below"
	}
	if delivers(s) {
		v["delivers"] = "yes"
	}
	if u, err := url.Parse(v["base-url"]); err == nil && u.Host != "" {
		v["base-url-root"], v["hostname"] = u.Scheme+"://"+u.Host, u.Hostname()
	}
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
	if oneProtocol(s) {
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
