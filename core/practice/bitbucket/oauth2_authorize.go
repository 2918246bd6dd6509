package bitbucket

import (
	"net/http"
	"net/url"
	"slices"

	"applink/core"
)

// authorizeParameters are those of the authorize request (RFC 6749, section
// 4.1.1; RFC 7636, section 4.3).
var authorizeParameters = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"}

// authorizeRequest is an authorize request; the consent page sends it on in hidden
// fields.
type authorizeRequest struct {
	Client            Client
	Redirect          string
	Scope             string // as it was asked for
	State             string
	Challenge, Method string // of PKCE, as they came

	HasScope, HasState bool
	scopes             []string // granted on consent
	method             string   // "S256" or "plain"
}

// Allows lists in words what the consent gives.
func (a authorizeRequest) Allows() []string { return allowedBy(a.scopes) }

// answer is the address of the application, with the state that it sent.
func (a authorizeRequest) answer(pairs ...pair) string {
	if a.HasState {
		pairs = append(pairs, pair{"state", a.State})
	}
	return withQuery(a.Redirect, formEncode(pairs))
}

// stage is where an authorize request has got to. An unknown client is found at the
// consent page, and a redirect URL that is not registered only after it.
type stage int

const (
	atAuthorize stage = iota
	atConsent
	atDecision
)

// readAuthorize reads an authorize request. When it is not right it has
// answered: with a page while the application is not known for sure (RFC 6749,
// section 4.1.2.1; what Bitbucket shows there is not known), else by a redirect
// with the error.
func (o *oauth2) readAuthorize(w http.ResponseWriter, r *http.Request, q url.Values, at stage) (authorizeRequest, bool) {
	o.mu.Lock()
	known := o.findClient(q.Get("client_id"))
	o.mu.Unlock()
	early := o.options.OAuth2.RedirectFirst
	switch {
	case known == nil && at == atAuthorize && !early:
		return authorizeRequest{}, true
	case known == nil:
		o.refuseAuthorize(w, r, "invalid_client", "The application is not known here: no incoming link has the client ID "+q.Get("client_id")+".")
		return authorizeRequest{}, false
	}
	a := authorizeRequest{Client: *known, Redirect: q.Get("redirect_uri"), Scope: q.Get("scope"), HasScope: q.Has("scope"),
		State: q.Get("state"), HasState: q.Has("state"), Challenge: q.Get("code_challenge"), Method: q.Get("code_challenge_method")}
	problem, description := o.checkAuthorize(&a, q)
	if registered := !o.faults.on(RedirectRefused) && o.options.OAuth2.matchRedirect(known.Redirect, a.Redirect); !registered {
		if early || at == atDecision || problem != "" {
			o.refuseAuthorize(w, r, "invalid_request", "The redirect_uri "+a.Redirect+" is not the Redirect URL of the incoming link.")
			return authorizeRequest{}, false
		}
		return a, true
	}
	if problem != "" {
		o.refuse(r, o.options.OAuth2.RedirectStatus, problem+": "+description)
		o.redirectTo(w, a.answer(pair{"error", problem}, pair{"error_description", description}))
		return authorizeRequest{}, false
	}
	return a, true
}

func (o *oauth2) refuseAuthorize(w http.ResponseWriter, r *http.Request, problem, text string) {
	o.refuse(r, http.StatusBadRequest, problem)
	o.renderMessage(w, r, http.StatusBadRequest, "Authorization error", text+" ("+problem+")")
}

// checkAuthorize names what is wrong with a request whose application is
// known, and fills in what its consent will give.
func (o *oauth2) checkAuthorize(a *authorizeRequest, q url.Values) (problem, description string) {
	fits := true
	if a.Challenge != "" || a.Method != "" {
		a.method, fits = o.options.OAuth2.challengeMethod(a.Method)
	}
	switch got, granted := o.options.OAuth2.grantable(a.Client.Scopes, a.Scope); {
	case q.Get("response_type") == "":
		return "invalid_request", "The response_type is missing"
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "The response_type must be code"
	case !fits:
		return "invalid_request", "The code_challenge_method is not supported"
	case a.method != "" && !o.options.OAuth2.verifierFits(a.Challenge):
		return "invalid_request", "The code_challenge is invalid"
	case !granted || o.faults.on(ScopeRefused):
		return "invalid_scope", "The requested scope is invalid, unknown, or malformed"
	default:
		a.scopes = slices.Clone(got)
	}
	return "", ""
}

// challengeMethod reads a name of a PKCE method. Without one it is "plain" (RFC
// 7636, section 4.3).
func (o OAuth2Options) challengeMethod(name string) (string, bool) {
	switch {
	case name == "S256", name == "s256", name == "sha256" && o.MethodSHA256:
		return "S256", true
	case name == "plain", name == "":
		return "plain", true
	}
	return "", false
}

var unreserved = core.Pattern(`^[A-Za-z0-9._~-]{43,128}$`)

// verifierFits checks the shape of a verifier, or of a challenge made from it
// (RFC 7636, section 4.1).
func (o OAuth2Options) verifierFits(verifier string) bool {
	return unreserved().MatchString(verifier) && (len(verifier) < 128 || !o.Verifier127)
}
