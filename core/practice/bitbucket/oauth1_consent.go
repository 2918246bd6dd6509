package bitbucket

import (
	"net/http"
	"slices"
	"strings"

	"applink/core/practice/web"
)

// consentPage is what the consent page shows.
type consentPage struct {
	Token, Callback string
	Host            string
	Consumer        Consumer
	Allow, Deny     string // names of the buttons
}

// requestTokenOf loads the token that is to be decided on, before anybody has to
// log in. It answers with the problem itself when there is one.
func (o *oauth1) requestTokenOf(w http.ResponseWriter, r *http.Request) (token, Consumer, bool) {
	value := r.FormValue("oauth_token")
	t, c, p := o.undecidedToken(value, r.Form.Has("oauth_token"))
	if p == nil {
		return t, c, true
	}
	o.refuse(r, p.status(), p.name)
	w.(*response).reset()
	w.Header().Add("WWW-Authenticate", challenge(o.base(r), p.pairs))
	o.renderMessage(w, r, p.status(), "Authorization error",
		"The request to authorize an application cannot be completed: "+p.name+". Go back to the application and start again.")
	return token{}, Consumer{}, false
}

func (o *oauth1) undecidedToken(value string, present bool) (token, Consumer, *problem) {
	if !present {
		return token{}, Consumer{}, absentProblem([]string{"oauth_token"})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tokens[value]
	switch {
	case t == nil || t.access:
		return token{}, Consumer{}, bareProblem("token_rejected")
	case t.decision != undecided:
		return token{}, Consumer{}, bareProblem("token_used")
	case o.expired(t.created, requestTokenLife):
		return token{}, Consumer{}, bareProblem("token_expired")
	}
	return *t, *o.registered(t.consumer), nil
}

// consent lets through to the consent page and its form, with the request token. The token
// of the form is checked before anything else, and the request token before anybody has to
// log in.
func (o *oauth1) consent(h func(http.ResponseWriter, *http.Request, token, Consumer)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !o.hasXSRF(w, r) {
			return
		}
		if t, c, ok := o.requestTokenOf(w, r); ok {
			o.user(func(w http.ResponseWriter, r *http.Request) { h(w, r, t, c) })(w, r)
		}
	}
}

func (o *oauth1) showConsent(w http.ResponseWriter, r *http.Request, t token, c Consumer) {
	allow, deny := o.options.Profile.decisionFields()
	o.render(w, r, "consent", page{Title: "Welcome to Bitbucket", Body: consentPage{Token: t.value, Host: hostOf(o.base(r)),
		Callback: r.FormValue("oauth_callback"), Consumer: c, Allow: allow, Deny: deny}})
}

// decide takes the answer of the consent page.
func (o *oauth1) decide(w http.ResponseWriter, r *http.Request, t token, c Consumer) {
	allow, deny := o.options.Profile.decisionFields()
	allowed, refused := r.PostForm.Has(allow), r.PostForm.Has(deny)
	switch {
	case allowed || refused:
		o.finishDecision(w, r, t, c, allowed)
	case o.options.Profile == NetOAuth:
		o.renderMessage(w, r, http.StatusBadRequest, "Bad request", "Neither authorize nor cancel was given.")
	default:
		o.showConsent(w, r, t, c)
	}
}

// finishDecision sends the browser to the token's callback, else to that of the
// consumer, else it shows the outcome here.
func (o *oauth1) finishDecision(w http.ResponseWriter, r *http.Request, t token, c Consumer, allowed bool) {
	verifier := "denied"
	if allowed {
		verifier = web.Random(6)
	}
	if !o.storeDecision(t.value, callerOf(r).user, verifier, allowed) {
		o.renderMessage(w, r, http.StatusUnauthorized, "Authorization error", "The request was decided elsewhere meanwhile: token_used.")
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
		o.render(w, r, "code", page{Title: "Access Approved", Body: struct{ Consumer, Code string }{c.Name, verifier}})
	default:
		o.refuse(r, http.StatusOK, "denied by the user")
		o.render(w, r, "denied", page{Title: "Access Denied", Body: c.Name})
	}
}

func (o *oauth1) storeDecision(value string, u *User, verifier string, allowed bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tokens[value]
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

func (o *oauth1) showUserTokens(w http.ResponseWriter, r *http.Request) {
	var rows []tokenRow
	for _, t := range o.tokensOf(callerOf(r).user) {
		row := tokenRow{Token: t.value, Consumer: t.consumer, Since: t.created.Format("2 Jan 2006"),
			Until: t.created.Add(accessTokenLife).Format("2 Jan 2006")}
		for _, c := range o.Consumers() {
			if c.Key == t.consumer {
				row.Consumer, row.Description = c.Name, c.Description
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(x, y tokenRow) int { return strings.Compare(x.Consumer+x.Token, y.Consumer+y.Token) })
	o.render(w, r, "tokens", page{Title: "OAuth Access Tokens", Message: after(r, "revoked", "The access token was revoked."), Body: rows})
}

func (o *oauth1) revokeUserToken(w http.ResponseWriter, r *http.Request) {
	if !o.revoke(callerOf(r).user, r.PostFormValue("token")) {
		o.renderMessage(w, r, http.StatusNotFound, "No such token", "The access token does not exist any more.")
		return
	}
	o.redirect(w, r, pathUserTokens+"?revoked")
}
