package bitbucket

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"applink/core/practice/web"
)

// The paths of the OAuth 1 provider, below the context path.
const (
	pathRequestToken = "/plugins/servlet/oauth/request-token"
	pathAuthorize    = "/plugins/servlet/oauth/authorize"
	pathAccessToken  = "/plugins/servlet/oauth/access-token"
	pathUserTokens   = "/plugins/servlet/oauth/users/access-tokens"
	pathConsumerInfo = "/plugins/servlet/oauth/consumer-info"
	pathWhoami       = "/plugins/servlet/applinks/whoami"
)

func isTokenEndpoint(path string) bool { return path == pathRequestToken || path == pathAccessToken }

// oauth1 is the OAuth 1 provider.
type oauth1 struct{ *site }

func (o *oauth1) mount(mux *http.ServeMux) {
	mux.HandleFunc(pathRequestToken, o.tokenEndpoint(o.requestToken))
	mux.HandleFunc(pathAccessToken, o.tokenEndpoint(o.accessToken))
	mux.HandleFunc("GET "+pathAuthorize, o.consent(o.showConsent))
	mux.HandleFunc("POST "+pathAuthorize, o.consent(o.decide))
	mux.HandleFunc(pathAuthorize, o.otherMethod)
	mux.HandleFunc("GET "+pathUserTokens, o.user(o.showUserTokens))
	mux.HandleFunc("POST "+pathUserTokens, o.user(o.revokeUserToken))
	mux.HandleFunc("GET "+pathConsumerInfo, o.consumerInfo)
}

// otherMethod is what the container answers for a servlet to methods that the
// servlet does not have: 501 to those that servlets know nothing of, else 405.
func (o *oauth1) otherMethod(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotImplemented
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace:
		status = http.StatusMethodNotAllowed
	}
	o.refuse(r, status, "HTTP method "+r.Method+" is not supported by this URL")
	allow := "GET, HEAD, POST"
	if o.options.Profile == NetOAuth && isTokenEndpoint(r.URL.Path) {
		allow = "POST"
	}
	w.Header().Set("Allow", allow)
	tomcatError(w, status)
}

// tokenEndpoint wraps what the two token endpoints have in common: only POST
// does anything, and success is plain text. GET is an empty 200, except by the
// library.
func (o *oauth1) tokenEndpoint(issue func(message) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		res := w.(*response)
		asks := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case asks && o.options.Profile == SharedPlugin:
			return
		case r.Method != http.MethodPost:
			o.otherMethod(w, r)
			return
		}
		m, err := o.readMessage(r)
		var body string
		if err == nil {
			body, err = o.locked(m, issue)
		}
		if err != nil {
			o.failToken(res, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, body)
	}
}

func (o *oauth1) locked(m message, issue func(message) (string, error)) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return issue(m)
}

// requestToken is the first step. A bad callback is found before a bad
// signature, except by the library.
func (o *oauth1) requestToken(m message) (string, error) {
	if names := m.missing("oauth_consumer_key"); names != nil {
		return "", absentProblem(names)
	}
	c := o.findConsumer(m.value("oauth_consumer_key"))
	switch {
	case c == nil:
		return "", bareProblem("consumer_key_unknown")
	case o.noThreeLO(c):
		return "", bareProblem("permission_denied")
	}
	callback, present := m.get("oauth_callback")
	callbackErr := checkCallback(callback, present)
	if callbackErr != nil && o.options.Profile == SharedPlugin {
		return "", callbackErr
	}
	if err := o.validate(m, c); err != nil {
		return "", err
	}
	if callbackErr != nil {
		return "", callbackErr
	}
	if callback == "oob" {
		callback = ""
	}
	t := o.newRequestToken(c.Key, callback, present || o.options.Profile == NetOAuth)
	reply := []pair{{"oauth_token", t.value}, {"oauth_token_secret", t.secret}}
	if t.revised {
		reply = append(reply, pair{"oauth_callback_confirmed", "true"})
	}
	return formEncode(reply), nil
}

func (o *oauth1) noThreeLO(c *Consumer) bool { return c.NoThreeLO || o.faults.on(NoThreeLegged) }

// checkCallback takes "oob" and every absolute URI whose scheme is exactly http
// or https; "http:x" passes.
func checkCallback(value string, present bool) error {
	if !present || value == "oob" {
		return nil
	}
	scheme, rest, found := strings.Cut(value, ":")
	_, err := url.Parse(value)
	if !found || rest == "" || rest == "//" || !isHTTP(scheme) || err != nil || strings.ContainsAny(value, " <>\"{}|\\^`") {
		return callbackProblem(value)
	}
	return nil
}

// accessToken is the third step, and the renewal. The state of the token is
// checked before the signature.
func (o *oauth1) accessToken(m message) (string, error) {
	if names := m.missing("oauth_token"); names != nil {
		return "", absentProblem(names)
	}
	t := o.tokens[m.value("oauth_token")]
	if t == nil {
		return "", bareProblem("token_rejected")
	}
	check := o.checkExchange
	if t.access {
		check = o.checkRenewal
	}
	if err := check(m, t); err != nil {
		return "", err
	}
	c := o.findConsumer(t.consumer)
	if c == nil {
		return "", bareProblem("consumer_key_unknown")
	}
	if err := o.validate(m, c); err != nil {
		return "", err
	}
	if t.access && o.options.Profile == NetOAuth {
		return "", errors.New("java.lang.UnsupportedOperationException: renewing a token")
	}
	n := o.newAccessToken(t)
	return formEncode([]pair{{"oauth_token", n.value}, {"oauth_token_secret", n.secret},
		{"oauth_expires_in", seconds(accessTokenLife)}, {"oauth_session_handle", n.session.handle},
		{"oauth_authorization_expires_in", seconds(sessionLife)}}), nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

func (o *oauth1) checkExchange(m message, t *token) error {
	switch {
	case o.expired(t.created, requestTokenLife):
		return bareProblem("token_expired")
	case t.decision == undecided:
		return bareProblem("permission_unknown")
	case t.decision == denied:
		return bareProblem("permission_denied")
	case m.value("oauth_consumer_key") != t.consumer:
		return bareProblem("token_rejected")
	case !t.revised:
		return nil
	}
	verifier, present := m.get("oauth_verifier")
	switch {
	case !present:
		return absentProblem([]string{"oauth_verifier"})
	case !web.Same(verifier, t.verifier):
		return bareProblem("token_rejected")
	}
	return nil
}

// checkRenewal lets an expired access token pass while its session lives.
func (o *oauth1) checkRenewal(m message, t *token) error {
	handle, present := m.get("oauth_session_handle")
	switch {
	case t.session == nil:
		return bareProblem("token_rejected")
	case !present:
		return absentProblem([]string{"oauth_session_handle"})
	case !web.Same(handle, t.session.handle):
		return bareProblem("token_rejected")
	case o.expired(t.session.renewed, sessionLife):
		return bareProblem("permission_denied")
	case m.value("oauth_consumer_key") != t.consumer:
		return bareProblem("token_rejected")
	}
	return nil
}
