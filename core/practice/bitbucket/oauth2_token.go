package bitbucket

import (
	"crypto/sha256"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"applink/core/practice/web"
)

// tokenReply is the answer of the token endpoint (RFC 6749, section 5.1), in the
// order of Atlassian's example.
type tokenReply struct {
	AccessToken  string `json:"access_token,omitempty"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	CreatedAt    int64  `json:"created_at"`
}

// tokenProblem is its error (RFC 6749, section 5.2). Only the wording for
// refresh tokens has been seen anywhere.
type tokenProblem struct {
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// token is the token endpoint. The parameters may stand in the form or, as in
// Atlassian's examples, in the query.
func (o *oauth2) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" && r.ContentLength != 0 {
		const message = "The @FormParam is utilized when the content type of the request entity is not application/x-www-form-urlencoded"
		o.refuse(r, http.StatusInternalServerError, "not a form")
		class := "java.lang.IllegalStateException"
		writeRESTError(w, http.StatusInternalServerError, message, class)
		return
	}
	if err := r.ParseForm(); err != nil {
		o.writeTokenProblem(w, r, &tokenProblem{"invalid_request", "The request cannot be read"})
		return
	}
	if id, secret, ok := r.BasicAuth(); ok && o.takesClientBasic(r) {
		r.Form.Set("client_id", id)
		r.Form.Set("client_secret", secret)
	}
	g, problem := o.exchange(r.Form)
	switch {
	case problem != nil:
		o.writeTokenProblem(w, r, problem)
	case o.faults.on(RefreshLost) && r.Form.Get("grant_type") == "refresh_token":
		panic(http.ErrAbortHandler) // net/http closes the connection
	default:
		o.writeToken(w, g)
	}
}

// takesClientBasic tells whether HTTP Basic is meant for the token endpoint. Else
// it counts as the login of a user, and fails.
func (o *oauth2) takesClientBasic(r *http.Request) bool {
	return o.options.OAuth2.BasicAuth && strings.HasPrefix(r.URL.Path, pathOAuth2) && strings.HasSuffix(r.URL.Path, pathOAuth2Token)
}

func (o *oauth2) writeToken(w http.ResponseWriter, g grant) {
	reply := tokenReply{AccessToken: g.access, TokenType: "bearer", ExpiresIn: int64(o.options.OAuth2.AccessLife.Seconds()),
		RefreshToken: g.refresh, CreatedAt: g.issued.Unix()}
	if !o.options.OAuth2.NoScopeInAnswer {
		reply.Scope = strings.Join(g.scopes, " ")
	}
	if o.faults.on(TokenUnusable) {
		reply.AccessToken, reply.RefreshToken, reply.Scope = "", "", ""
	}
	writeJSON(w, http.StatusOK, reply)
}

func (o *oauth2) writeTokenProblem(w http.ResponseWriter, r *http.Request, p *tokenProblem) {
	status := http.StatusBadRequest
	if p.Code == "invalid_client" {
		status = o.options.OAuth2.ClientStatus
	}
	o.refuse(r, status, p.Code+": "+p.Description)
	writeJSON(w, status, p)
}

// exchange turns a code or a refresh token into a new pair of tokens.
func (o *oauth2) exchange(f url.Values) (grant, *tokenProblem) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kind := f.Get("grant_type")
	switch {
	case kind == "":
		return grant{}, &tokenProblem{"invalid_request", "The grant_type is missing"}
	case kind != "authorization_code" && kind != "refresh_token", o.faults.on(GrantRefused):
		return grant{}, &tokenProblem{"unsupported_grant_type", "The grant_type is not supported"}
	case kind == "refresh_token":
		return o.renewGrant(f)
	}
	return o.redeem(f)
}

// missing is the problem of a parameter that did not come; nil when all came.
func missing(f url.Values, names ...string) *tokenProblem {
	for _, name := range names {
		if f.Get(name) == "" {
			return &tokenProblem{"invalid_request", "The " + name + " is missing"}
		}
	}
	return nil
}

// badClient is the problem of a client that is not known, or not by that secret; nil
// when it is.
func (o *oauth2) badClient(f url.Values) *tokenProblem {
	if o.knowsClient(f.Get("client_id"), f.Get("client_secret")) {
		return nil
	}
	return &tokenProblem{"invalid_client", "The client_id or client_secret is invalid"}
}

// revokeToken ends a token and its pair (RFC 7009). The client is checked before the
// token; a token that is not known is no error.
func (o *oauth2) revokeToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if o.options.OAuth2.NoRevocation {
		o.noSuchResource(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		o.writeTokenProblem(w, r, &tokenProblem{"invalid_request", "The request cannot be read"})
		return
	}
	o.mu.Lock()
	problem := o.badClient(r.Form)
	if problem == nil {
		problem = missing(r.Form, "token")
	}
	if g := o.grants[r.Form.Get("token")]; problem == nil && g != nil && o.options.OAuth2.owns(r.Form.Get("client_id"), g.client) {
		delete(o.grants, g.access)
		delete(o.grants, g.refresh)
	}
	o.mu.Unlock()
	if problem != nil {
		o.writeTokenProblem(w, r, problem)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (o *oauth2) knowsClient(id, secret string) bool {
	if o.options.OAuth2.NoSecretCheck {
		return true
	}
	c := o.findClient(id)
	return c != nil && web.Same(c.Secret, secret)
}

// owns tells whether a client may use what was issued to another.
func (o OAuth2Options) owns(id, issuedTo string) bool { return id == issuedTo || o.NoSecretCheck }

// redeem takes a code, once. The code is looked for before the client, so that a code
// that is not known gets the same answer whatever the secret is.
func (o *oauth2) redeem(f url.Values) (grant, *tokenProblem) {
	if p := missing(f, "code", "redirect_uri"); p != nil {
		return grant{}, p
	}
	if p := o.badClient(f); p != nil && o.options.OAuth2.ClientFirst {
		return grant{}, p
	}
	unknown := &tokenProblem{o.options.OAuth2.CodeRefusal, "The provided code is invalid"}
	value := f.Get("code")
	c := o.codes[value]
	switch {
	case c == nil, o.expired(c.created, o.options.OAuth2.codeTaken()):
		return grant{}, unknown
	case c.used:
		o.dropGrants(func(g *grant) bool { return g.code == value })
		return grant{}, unknown
	}
	if p := o.badClient(f); p != nil {
		return grant{}, p
	}
	c.used = o.options.OAuth2.TryUsesCode
	switch {
	case !o.options.OAuth2.owns(f.Get("client_id"), c.client):
		c.used = false
		return grant{}, unknown
	case f.Get("redirect_uri") != c.redirect:
		return grant{}, &tokenProblem{"invalid_grant", "The provided redirect_uri is invalid"}
	case !o.options.OAuth2.proves(*c, f.Get("code_verifier")):
		return grant{}, &tokenProblem{"invalid_grant", "The provided code_verifier is invalid"}
	}
	c.used = true
	return *o.newGrant(grant{client: c.client, user: c.user, redirect: c.redirect, scopes: c.scopes, code: value, since: o.now()}), nil
}

// proves compares a verifier with the challenge (RFC 7636, section 4.6). One
// that comes without a challenge is refused (RFC 9700, section 2.1.1).
func (o OAuth2Options) proves(c code, verifier string) bool {
	if c.method == "" {
		return verifier == ""
	}
	if !o.verifierFits(verifier) {
		return false
	}
	if c.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return web.Same(verifier, c.challenge)
}

// renewGrant replaces both tokens of a grant; the old ones are dead at once. The
// access token may have expired.
func (o *oauth2) renewGrant(f url.Values) (grant, *tokenProblem) {
	if p := missing(f, "refresh_token"); p != nil {
		return grant{}, p
	}
	if p := o.badClient(f); p != nil {
		return grant{}, p
	}
	value := f.Get("refresh_token")
	g := o.grants[value]
	switch {
	case g == nil, value != g.refresh, !o.options.OAuth2.owns(f.Get("client_id"), g.client),
		o.expired(g.issued, o.options.OAuth2.RefreshLife), o.faults.on(TokenRevoked):
		return grant{}, &tokenProblem{"invalid_grant", "The provided refresh_token is invalid"}
	case f.Get("redirect_uri") != g.redirect && (f.Has("redirect_uri") || o.options.OAuth2.RefreshNeedsRedirect):
		return grant{}, &tokenProblem{"invalid_grant", "The provided redirect_uri is invalid"}
	}
	delete(o.grants, g.access)
	delete(o.grants, g.refresh)
	return *o.newGrant(*g), nil
}
