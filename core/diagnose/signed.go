package diagnose

import (
	"net/http"

	"applink/core"
	"applink/core/finding"
)

// Signed explains a REST call that was signed or carried a token. It is nil when
// Bitbucket took it for a user's: the status does not tell, because Bitbucket
// answers 200 to anonymous callers, and 401 to known users without the right.
func Signed(ex core.Exchange) *core.Finding {
	if ex.Err != nil {
		return noAnswer(ex)
	}
	p := ParseProblem(ex.Body, ex.Header)
	known := ex.Header.Get("X-AUSERNAME") != ""
	denied := ex.Status == http.StatusUnauthorized || ex.Status == http.StatusForbidden
	gate := inFront(ex)
	switch {
	case p.Name != "":
		return explain(oauth1Refusal{p, OAuth1Call{}, ex})
	case gate != nil:
		return gate
	case ex.Status == http.StatusInternalServerError && p.Echo:
		return exceptional(ex, OAuth1Call{})
	}
	if f := Told(ex); f != nil {
		return f
	}
	switch {
	case isHTML(ex) && (ex.Status < 300 || denied):
		return answered(ex, finding.SignedCallHTML.With(bare(ex.URL), title(ex.Body)))
	case denied && !known:
		return unnamed(ex)
	case ex.Status < 200 || ex.Status > 299:
		return answer(ex)
	case !known:
		return answered(ex, finding.UserUnknown.With())
	}
	return nil
}
