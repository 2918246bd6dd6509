package diagnose

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// OAuth2Call is what the caller knows about an OAuth 2 request beside its exchange.
type OAuth2Call struct {
	ID       string // client ID
	Redirect string // redirect URL that was sent
	Scope    string // scopes that were asked for, with blanks between

	// Age is how long ago the authorize page was shown; the code is younger. 0
	// when not known.
	Age    time.Duration
	Pasted bool // the code came in an address that a person pasted

	Refresh bool // a refresh token was sent, not a code
	// Ambiguous says that the server may have acted on a refresh although no
	// usable answer came: oauth2.Ambiguous of its error.
	Ambiguous bool
	// Interrupted is when an earlier refresh began whose end was never stored;
	// zero when there was none.
	Interrupted time.Time
}

// oauth2Refusal is an error of OAuth 2 with all that bears on its reading.
type oauth2Refusal struct {
	OAuth2Call
	code, description string
	status            string // "a redirect" where the browser brought it
}

// refusals say what each error code of RFC 6749 (sections 4.1.2.1 and 5.2)
// means. Codes that are missing here are refusals without a cause.
var refusals = map[string]func(oauth2Refusal) *core.Finding{
	"invalid_client":            func(r oauth2Refusal) *core.Finding { return finding.InvalidClient.With(r.ID) },
	"invalid_grant":             invalidGrant,
	"invalid_scope":             func(r oauth2Refusal) *core.Finding { return finding.InvalidScope.With(r.Scope) },
	"access_denied":             func(r oauth2Refusal) *core.Finding { return finding.OAuth2AccessDenied.With() },
	"unsupported_grant_type":    func(r oauth2Refusal) *core.Finding { return finding.GrantUnsupported.With() },
	"unsupported_response_type": func(r oauth2Refusal) *core.Finding { return finding.GrantUnsupported.With() },
	"unauthorized_client":       func(r oauth2Refusal) *core.Finding { return finding.GrantUnsupported.With() },
}

// OAuth2 explains a call to a token endpoint. It is nil when the answer holds a
// token.
func OAuth2(ex core.Exchange, c OAuth2Call) *core.Finding {
	if ex.Err == nil {
		if code, description := refusalOf(ex.Body); code != "" && ex.Status < 500 {
			return oauth2Refusal{c, code, description, statusOf(ex)}.explain("HTTP " + statusOf(ex) + " ")
		}
		if f := Told(ex); f != nil {
			return f
		}
	}
	gate := inFront(ex)
	switch {
	case c.Refresh && (c.Ambiguous || ex.Status >= 500):
		return unclear(ex)
	case ex.Err != nil:
		return noAnswer(ex)
	case gate != nil:
		return gate
	case ex.Status == http.StatusNotFound:
		return answered(ex, finding.OAuth2NotFound.With(bare(ex.URL)))
	case ex.Status == http.StatusBadRequest && !wantsTLS(ex), ex.Status == http.StatusUnauthorized, ex.Status == http.StatusForbidden:
		return answered(ex, finding.OAuth2RefusedWithoutReason.With(statusOf(ex)))
	case ex.Status < 200 || ex.Status > 299 || isHTML(ex):
		return answer(ex)
	}
	if missing := missingToken(ex.Body, c.Refresh); missing != "" {
		return answered(ex, finding.OAuth2TokenResponseInvalid.With(missing))
	}
	return nil
}

// Authorize explains a refusal that the authorize page sent back with the
// browser: the parameters error and error_description.
func Authorize(code, description string, c OAuth2Call) *core.Finding {
	return oauth2Refusal{c, code, description, "a redirect"}.explain("")
}

func (r oauth2Refusal) explain(before string) *core.Finding {
	find, known := refusals[r.code]
	switch {
	case core.RefusesClient(r.code, r.description):
		find = refusals["invalid_client"]
	case aboutRedirect().MatchString(r.description):
		find = func(r oauth2Refusal) *core.Finding { return finding.RedirectMismatch.With(r.Redirect) }
	case r.code == "invalid_request" && r.rejects():
		find = invalidGrant
	case !known:
		find = func(r oauth2Refusal) *core.Finding { return finding.OAuth2RefusedWithoutReason.With(r.status) }
	}
	f := find(r)
	f.Params["status"] = r.status
	raw := before + "error=" + r.code
	if r.description != "" {
		raw += ": " + clip(r.description)
	}
	return f.Because(raw)
}

// rejects reports whether an invalid_request is about the code, or the refresh token,
// that was sent: some providers say so of one that they do not know.
func (r oauth2Refusal) rejects() bool {
	return strings.Contains(r.description, map[bool]string{false: "code", true: "refresh"}[r.Refresh]) && !aboutAbsence().MatchString(r.description)
}

var aboutAbsence = core.Pattern(`(?i)missing|required|must (be|not)|challenge|verifier`)

var aboutRedirect = core.Pattern(`(?i)redirect[ _-]?ur[il]`)

func invalidGrant(r oauth2Refusal) *core.Finding {
	switch {
	case r.Refresh && !r.Interrupted.IsZero():
		return finding.RefreshInterrupted.With(r.Interrupted.UTC().Format("2006-01-02 15:04:05 MST"))
	case r.Refresh:
		return finding.RefreshRejected.With()
	case r.Pasted:
		return finding.CodeExpired.With(r.age())
	}
	return finding.CodeRejected.With(r.age())
}

func (r oauth2Refusal) age() string {
	if r.Age <= 0 {
		return ""
	}
	return human(r.Age)
}

// unclear returns the finding for a refresh after which the valid tokens are unknown.
func unclear(ex core.Exchange) *core.Finding {
	if ex.Err == nil {
		return answered(ex, finding.RefreshInconclusive.With(statusOf(ex)))
	}
	f := noAnswer(ex)
	return finding.RefreshInconclusive.With("no answer").Because(string(f.Code) + ": " + f.Raw)
}

var refusalCode = core.Pattern(`^[a-z][a-z_]{0,63}$`)

// refusalOf reads the error of a JSON answer; "" when it has none.
func refusalOf(body []byte) (code, description string) {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil || !refusalCode().MatchString(answer.Error) {
		return "", ""
	}
	return answer.Error, strings.Join(strings.Fields(answer.Description), " ")
}

// missingToken names what an answer lacks; "" when it is complete. A refresh
// token may stay the same, and then be left out.
func missingToken(body []byte, refresh bool) string {
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Type    string `json:"token_type"`
	}
	switch {
	case json.Unmarshal(body, &answer) != nil:
		return "a JSON object"
	case answer.Access == "":
		return "access_token"
	case !strings.EqualFold(answer.Type, "bearer"):
		return "token_type bearer"
	case answer.Refresh == "" && !refresh:
		return "refresh_token"
	}
	return ""
}

// Bearer explains a REST call that carried an access token. It is nil when
// Bitbucket took it for a user's. As with [Signed] the status does not tell: an
// expired token may end in 401 or in an anonymous 200, and a known user without
// the right gets 401 too.
func Bearer(ex core.Exchange) *core.Finding {
	if ex.Err != nil {
		return noAnswer(ex)
	}
	if f := Told(ex); f != nil {
		return f
	}
	known := ex.Header.Get("X-AUSERNAME") != ""
	denied := ex.Status == http.StatusUnauthorized || ex.Status == http.StatusForbidden
	gate := inFront(ex)
	switch {
	case gate != nil:
		return gate
	case isHTML(ex) && (ex.Status < 300 || denied):
		return answered(ex, finding.SignedCallHTML.With(bare(ex.URL), title(ex.Body)))
	case denied && !known:
		return answered(ex, finding.AccessTokenInvalid.With(statusOf(ex)))
	case ex.Status < 200 || ex.Status > 299:
		return answer(ex)
	case !known:
		return answered(ex, finding.OAuth2UserUnknown.With())
	}
	return nil
}
