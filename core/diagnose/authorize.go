package diagnose

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// AuthorizePage explains what a browser gets at the authorize page of OAuth 2 in which
// nobody is signed in. It is nil where that is a way to sign in, or may be one: a
// browser can be let in where applink is not.
func AuthorizePage(ex core.Exchange, c OAuth2Call) *core.Finding {
	switch {
	case ex.Err != nil && ex.Status == 0:
		return noAnswer(ex)
	case ex.Err != nil: // The page broke off; that there is one was seen.
		return nil
	}
	if f := refusedAtOnce(ex, c); f != nil {
		return f
	}
	if f := otherProduct(ex); f != nil {
		return f
	}
	gate := inFront(ex)
	switch {
	case pauses(ex):
		return answered(ex, finding.Unavailable.With(statusOf(ex)))
	case ex.Status == http.StatusNotFound && gate == nil:
		return answered(ex, finding.OAuth2NotFound.With(bare(ex.URL)))
	case ex.Status == http.StatusBadRequest && gate == nil && !wantsTLS(ex) && !wantsCertificate(ex):
		return answered(ex, finding.OAuth2ErrorPage.With(c.ID, c.Redirect, "", title(ex.Body), statusOf(ex)))
	case ex.Status == http.StatusBadRequest, ex.Status == http.StatusNotFound, ex.Status == http.StatusProxyAuthRequired, ex.Status >= 500:
		return answer(ex)
	}
	return nil
}

// refusedAtOnce explains an error of OAuth 2, in the answer or in the address of a
// redirect to ourselves. That somebody denied, or has to sign in, is none where nobody
// is signed in.
func refusedAtOnce(ex core.Exchange, c OAuth2Call) *core.Finding {
	code, description := "", ""
	if isRedirect(ex) {
		code, description = refusalBack(ex.Header.Get("Location"), c.Redirect)
	} else if ex.Status < 500 {
		code, description = refusalOf(ex.Body)
	}
	if code == "" || slices.Contains([]string{"access_denied", "login_required", "interaction_required", "consent_required"}, code) {
		return nil
	}
	return Authorize(code, description, c)
}

// refusalBack reads the error with which a browser is sent back to the redirect URL; ""
// when it is sent elsewhere, or without one.
func refusalBack(location, redirect string) (code, description string) {
	to, err := url.Parse(location)
	if err != nil || redirect == "" || !strings.HasPrefix(location, redirect) {
		return "", ""
	}
	back := query(to)
	if code = back.Get("error"); !refusalCode().MatchString(code) {
		return "", ""
	}
	return code, strings.Join(strings.Fields(back.Get("error_description")), " ")
}

// otherProduct names another product that answers at this address. A page of one that
// people sign in through, wherever it stands, is none.
func otherProduct(ex core.Exchange) *core.Finding {
	if isRedirect(ex) {
		from, err := url.Parse(ex.URL)
		if err != nil {
			return nil
		}
		if to, err := from.Parse(ex.Header.Get("Location")); err != nil || isForeign(from, to) {
			return nil
		}
	}
	f := product([]core.Exchange{ex})
	if errors.Is(f, finding.NotBitbucket) && (isRedirect(ex) || isSignInPage(ex)) {
		return nil
	}
	return f
}

// pauses fits a redirect to the page of a server that is being started or maintained.
func pauses(ex core.Exchange) bool {
	from, err := url.Parse(ex.URL)
	if err != nil || !isRedirect(ex) {
		return false
	}
	to, err := from.Parse(ex.Header.Get("Location"))
	return err == nil && !isForeign(from, to) && pausePath().MatchString(to.Path)
}
