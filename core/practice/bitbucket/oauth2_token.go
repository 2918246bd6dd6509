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

// oauth2Token is the token endpoint. The parameters may stand in the form or, as in
// Atlassian's examples, in the query.
func (b *Bitbucket) oauth2Token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" && r.ContentLength != 0 {
		const message = "The @FormParam is utilized when the content type of the request entity is not application/x-www-form-urlencoded"
		b.refuse(r, http.StatusInternalServerError, "not a form")
		class := "java.lang.IllegalStateException"
		writeRESTError(w, http.StatusInternalServerError, nil, message, &class)
		return
	}
	if err := r.ParseForm(); err != nil {
		b.writeTokenProblem(w, r, &tokenProblem{"invalid_request", "The request cannot be read"})
		return
	}
	if id, secret, ok := r.BasicAuth(); ok && b.takesClientBasic(r) {
		r.Form.Set("client_id", id)
		r.Form.Set("client_secret", secret)
	}
	g, problem := b.exchange(r.Form)
	switch {
	case problem != nil:
		b.writeTokenProblem(w, r, problem)
	case b.faults.on(RefreshLost) && r.Form.Get("grant_type") == "refresh_token":
		panic(http.ErrAbortHandler) // net/http closes the connection
	default:
		b.writeToken(w, g)
	}
}

// takesClientBasic tells whether HTTP Basic is meant for the token endpoint. Else
// it counts as the login of a user, and fails.
func (b *Bitbucket) takesClientBasic(r *http.Request) bool {
	return b.o.OAuth2.BasicAuth && strings.HasPrefix(r.URL.Path, pathOAuth2) && strings.HasSuffix(r.URL.Path, pathOAuth2Token)
}

func (b *Bitbucket) writeToken(w http.ResponseWriter, g grant) {
	reply := tokenReply{AccessToken: g.access, TokenType: "bearer", ExpiresIn: int64(b.o.OAuth2.AccessLife.Seconds()),
		RefreshToken: g.refresh, CreatedAt: g.issued.Unix()}
	if !b.o.OAuth2.NoScopeInAnswer {
		reply.Scope = strings.Join(g.scopes, " ")
	}
	if b.faults.on(TokenUnusable) {
		reply.AccessToken, reply.RefreshToken, reply.Scope = "", "", ""
	}
	writeJSON(w, http.StatusOK, reply)
}

func (b *Bitbucket) writeTokenProblem(w http.ResponseWriter, r *http.Request, p *tokenProblem) {
	status := http.StatusBadRequest
	if p.Code == "invalid_client" {
		status = b.o.OAuth2.ClientStatus
	}
	b.refuse(r, status, p.Code+": "+p.Description)
	writeJSON(w, status, p)
}

// exchange turns a code or a refresh token into a new pair of tokens.
func (b *Bitbucket) exchange(f url.Values) (grant, *tokenProblem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kind := f.Get("grant_type")
	switch {
	case kind == "":
		return grant{}, &tokenProblem{"invalid_request", "The grant_type is missing"}
	case kind != "authorization_code" && kind != "refresh_token", b.faults.on(GrantRefused):
		return grant{}, &tokenProblem{"unsupported_grant_type", "The grant_type is not supported"}
	case kind == "refresh_token":
		return b.renewGrant(f)
	}
	return b.redeem(f)
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
func (b *Bitbucket) badClient(f url.Values) *tokenProblem {
	if b.knowsClient(f.Get("client_id"), f.Get("client_secret")) {
		return nil
	}
	return &tokenProblem{"invalid_client", "The client_id or client_secret is invalid"}
}

// oauth2Revoke ends a token and its pair (RFC 7009). The client is checked before the
// token; a token that is not known is no error.
func (b *Bitbucket) oauth2Revoke(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formLimit)
	if b.o.OAuth2.NoRevocation {
		b.noSuchResource(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		b.writeTokenProblem(w, r, &tokenProblem{"invalid_request", "The request cannot be read"})
		return
	}
	b.mu.Lock()
	problem := b.badClient(r.Form)
	if problem == nil {
		problem = missing(r.Form, "token")
	}
	if g := b.grants[r.Form.Get("token")]; problem == nil && g != nil && b.o.OAuth2.owns(r.Form.Get("client_id"), g.client) {
		delete(b.grants, g.access)
		delete(b.grants, g.refresh)
	}
	b.mu.Unlock()
	if problem != nil {
		b.writeTokenProblem(w, r, problem)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (b *Bitbucket) knowsClient(id, secret string) bool {
	if b.o.OAuth2.NoSecretCheck {
		return true
	}
	c := b.findClient(id)
	return c != nil && web.Same(c.Secret, secret)
}

// owns tells whether a client may use what was issued to another.
func (o OAuth2Options) owns(id, issuedTo string) bool { return id == issuedTo || o.NoSecretCheck }

// redeem takes a code, once. The code is looked for before the client, so that a code
// that is not known gets the same answer whatever the secret is.
func (b *Bitbucket) redeem(f url.Values) (grant, *tokenProblem) {
	if p := missing(f, "code", "redirect_uri"); p != nil {
		return grant{}, p
	}
	if p := b.badClient(f); p != nil && b.o.OAuth2.ClientFirst {
		return grant{}, p
	}
	unknown := &tokenProblem{b.o.OAuth2.CodeRefusal, "The provided code is invalid"}
	value := f.Get("code")
	c := b.codes[value]
	switch {
	case c == nil, b.expired(c.created, b.o.OAuth2.codeTaken()):
		return grant{}, unknown
	case c.used:
		b.dropGrants(func(g *grant) bool { return g.code == value })
		return grant{}, unknown
	}
	if p := b.badClient(f); p != nil {
		return grant{}, p
	}
	c.used = b.o.OAuth2.TryUsesCode
	switch {
	case !b.o.OAuth2.owns(f.Get("client_id"), c.client):
		c.used = false
		return grant{}, unknown
	case f.Get("redirect_uri") != c.redirect:
		return grant{}, &tokenProblem{"invalid_grant", "The provided redirect_uri is invalid"}
	case !b.o.OAuth2.proves(*c, f.Get("code_verifier")):
		return grant{}, &tokenProblem{"invalid_grant", "The provided code_verifier is invalid"}
	}
	c.used = true
	return *b.newGrant(grant{client: c.client, user: c.user, redirect: c.redirect, scopes: c.scopes, code: value, since: b.now()}), nil
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
func (b *Bitbucket) renewGrant(f url.Values) (grant, *tokenProblem) {
	if p := missing(f, "refresh_token"); p != nil {
		return grant{}, p
	}
	if p := b.badClient(f); p != nil {
		return grant{}, p
	}
	value := f.Get("refresh_token")
	g := b.grants[value]
	switch {
	case g == nil, value != g.refresh, !b.o.OAuth2.owns(f.Get("client_id"), g.client),
		b.expired(g.issued, b.o.OAuth2.RefreshLife), b.faults.on(TokenRevoked):
		return grant{}, &tokenProblem{"invalid_grant", "The provided refresh_token is invalid"}
	case f.Get("redirect_uri") != g.redirect && (f.Has("redirect_uri") || b.o.OAuth2.RefreshNeedsRedirect):
		return grant{}, &tokenProblem{"invalid_grant", "The provided redirect_uri is invalid"}
	}
	delete(b.grants, g.access)
	delete(b.grants, g.refresh)
	return *b.newGrant(*g), nil
}
