package bitbucket

import (
	"net/http"
	"slices"
	"strings"

	"applink/core/practice/web"
)

// consent is what the consent page shows.
type consent struct {
	Token, Callback string
	Host            string
	Consumer        Consumer
}

// requestTokenOf loads the token that is to be decided on, before anybody has to
// log in. It answers with the problem itself when there is one.
func (b *Bitbucket) requestTokenOf(w http.ResponseWriter, r *http.Request) (token, Consumer, bool) {
	value := r.FormValue("oauth_token")
	t, c, p := b.undecidedToken(value, r.Form.Has("oauth_token"))
	if p == nil {
		return t, c, true
	}
	b.refuse(r, p.status(), p.name)
	w.(*response).reset()
	w.Header().Add("WWW-Authenticate", challenge(b.base(r), p.pairs))
	b.renderMessage(w, r, p.status(), "Authorization error",
		"The request to authorize an application cannot be completed: "+p.name+". Go back to the application and start again.")
	return token{}, Consumer{}, false
}

func (b *Bitbucket) undecidedToken(value string, present bool) (token, Consumer, *problem) {
	if !present {
		return token{}, Consumer{}, absentProblem([]string{"oauth_token"})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tokens[value]
	switch {
	case t == nil || t.access:
		return token{}, Consumer{}, bareProblem("token_rejected")
	case t.decision != undecided:
		return token{}, Consumer{}, bareProblem("token_used")
	case b.expired(t.created, requestTokenLife):
		return token{}, Consumer{}, bareProblem("token_expired")
	}
	return *t, *b.registered(t.consumer), nil
}

func (b *Bitbucket) showConsent(w http.ResponseWriter, r *http.Request) {
	t, c, ok := b.requestTokenOf(w, r)
	if ok && b.loggedIn(w, r) {
		b.renderConsent(w, r, t, c)
	}
}

func (b *Bitbucket) renderConsent(w http.ResponseWriter, r *http.Request, t token, c Consumer) {
	b.render(w, r, "consent", "Welcome to Bitbucket",
		consent{Token: t.value, Host: hostOf(b.base(r)), Callback: r.FormValue("oauth_callback"), Consumer: c})
}

// decide takes the answer of the consent page. The token of its form is checked
// before anything else.
func (b *Bitbucket) decide(w http.ResponseWriter, r *http.Request) {
	if !b.hasXSRF(w, r) {
		return
	}
	t, c, ok := b.requestTokenOf(w, r)
	if !ok || !b.loggedIn(w, r) {
		return
	}
	if allowed := r.PostForm.Has("approve"); allowed || r.PostForm.Has("deny") {
		b.finishDecision(w, r, t, c, allowed)
		return
	}
	b.renderConsent(w, r, t, c)
}

// finishDecision sends the browser to the token's callback, else to that of the
// consumer, else it shows the outcome here.
func (b *Bitbucket) finishDecision(w http.ResponseWriter, r *http.Request, t token, c Consumer, allowed bool) {
	verifier := "denied"
	if allowed {
		verifier = web.Random(6)
	}
	if !b.storeDecision(t.value, callerOf(r).user, verifier, allowed) {
		b.renderMessage(w, r, http.StatusUnauthorized, "Authorization error", "The request was decided elsewhere meanwhile: token_used.")
		return
	}
	target := callbackTarget(t, c, r.FormValue("oauth_callback"))
	switch {
	case target != "":
		answer := []pair{{"oauth_token", t.value}}
		if t.revised {
			answer = append(answer, pair{"oauth_verifier", verifier})
		}
		w.Header().Set("Location", withQuery(target, formEncode(answer)))
		w.WriteHeader(http.StatusFound)
	case allowed:
		b.render(w, r, "code", "Access Approved", struct{ Consumer, Code string }{c.Name, verifier})
	default:
		b.refuse(r, http.StatusOK, "denied by the user")
		b.render(w, r, "denied", "Access Denied", c.Name)
	}
}

func (b *Bitbucket) storeDecision(value string, u *User, verifier string, allowed bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tokens[value]
	if t == nil || t.decision != undecided {
		return false
	}
	t.user, t.verifier, t.decision = u, verifier, denied
	if allowed {
		t.decision = approved
	}
	return true
}

// callbackTarget is where the browser goes. Only an OAuth 1.0 request without a
// callback of its own lets the authorize form name one.
func callbackTarget(t token, c Consumer, form string) string {
	switch {
	case t.callback != "":
		return t.callback
	case !t.revised && form != "" && checkCallback(form, true) == nil && form != "oob":
		return form
	}
	return c.Callback
}

// withQuery appends to the query of a URL that may have one.
func withQuery(target, query string) string {
	if strings.Contains(target, "?") {
		return target + "&" + query
	}
	return target + "?" + query
}

// tokenRow is one row of a user's own tokens.
type tokenRow struct {
	Token, Consumer, Description string
	Since, Until                 string
}

func (b *Bitbucket) showUserTokens(w http.ResponseWriter, r *http.Request) {
	if !b.loggedIn(w, r) {
		return
	}
	var rows []tokenRow
	for _, t := range b.tokensOf(callerOf(r).user) {
		row := tokenRow{Token: t.value, Consumer: t.consumer, Since: t.created.Format("2 Jan 2006"),
			Until: t.created.Add(accessTokenLife).Format("2 Jan 2006")}
		for _, c := range b.Consumers() {
			if c.Key == t.consumer {
				row.Consumer, row.Description = c.Name, c.Description
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y tokenRow) int { return strings.Compare(x.Consumer+x.Token, y.Consumer+y.Token) })
	p := b.page(w, r, "OAuth Access Tokens", rows)
	if r.URL.Query().Has("revoked") {
		p.Message = "The access token was revoked."
	}
	web.Render(w, http.StatusOK, b.pages, "tokens", p)
}

func (b *Bitbucket) revokeUserToken(w http.ResponseWriter, r *http.Request) {
	if !b.loggedIn(w, r) || !b.hasXSRF(w, r) {
		return
	}
	if !b.revoke(callerOf(r).user, r.PostFormValue("token")) {
		b.renderMessage(w, r, http.StatusNotFound, "No such token", "The access token does not exist any more.")
		return
	}
	http.Redirect(w, r, b.context+pathUserTokens+"?revoked", http.StatusFound)
}
