package diagnose

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// OAuth1Call is what the caller knows about an OAuth 1 request beside its exchange.
type OAuth1Call struct {
	Key  string // consumer key
	Bits int    // size of the RSA key that signed; 0 when not known
	// TypedCode says that a person typed the verification code, and so may have
	// typed it wrong.
	TypedCode bool
}

// oauth1Refusal is a problem with all that bears on its reading.
type oauth1Refusal struct {
	Problem
	OAuth1Call
	ex core.Exchange
}

// problems says what each name of the OAuth Problem Reporting extension means.
// Names that are missing here are refusals without a cause.
var problems = map[string]func(oauth1Refusal) *core.Finding{
	"consumer_key_unknown":      func(r oauth1Refusal) *core.Finding { return finding.UnknownConsumerKey.With(r.key()) },
	"signature_invalid":         signatureInvalid,
	"permission_denied":         permissionDenied,
	"nonce_used":                func(r oauth1Refusal) *core.Finding { return finding.NonceUsed.With() },
	"timestamp_refused":         timestampRefused,
	"signature_method_rejected": func(r oauth1Refusal) *core.Finding { return finding.SignatureMethodRejected.With() },
	"parameter_absent":          func(r oauth1Refusal) *core.Finding { return finding.ParameterAbsent.With(r.names("a parameter")) },
	"parameter_rejected": func(r oauth1Refusal) *core.Finding {
		return finding.ParameterRejected.With(r.names("a parameter"), clip(r.Advice))
	},
	"version_rejected":   func(r oauth1Refusal) *core.Finding { return finding.VersionRejected.With(r.Versions) },
	"token_rejected":     tokenRejected,
	"token_revoked":      func(r oauth1Refusal) *core.Finding { return finding.TokenRevoked.With() },
	"token_expired":      func(r oauth1Refusal) *core.Finding { return finding.TokenExpired.With() },
	"permission_unknown": func(r oauth1Refusal) *core.Finding { return finding.AuthorizationPending.With() },
	"token_used":         func(r oauth1Refusal) *core.Finding { return finding.TokenUsed.With() },
}

// OAuth1 explains a call to a token endpoint. It is nil when the answer holds a
// token.
func OAuth1(ex core.Exchange, c OAuth1Call) *core.Finding {
	if ex.Err != nil {
		return noAnswer(ex)
	}
	p := ParseProblem(ex.Body, ex.Header)
	if p.Name != "" {
		return explain(oauth1Refusal{p, c, ex})
	}
	if f := Told(ex); f != nil {
		return f
	}
	if f := inFront(ex); f != nil {
		return f
	}
	switch {
	case ex.Status == http.StatusInternalServerError:
		return exceptional(ex, c)
	case ex.Status == http.StatusBadRequest && !wantsTLS(ex), ex.Status == http.StatusUnauthorized, ex.Status == http.StatusForbidden:
		return unnamed(ex)
	case ex.Status != http.StatusOK && ex.Status != http.StatusCreated:
		return answer(ex)
	case hasToken(ex) && (isAccessToken(ex) || confirmed(ex)):
		return nil
	case hasToken(ex):
		return answered(ex, finding.CallbackUnconfirmed.With())
	case isHTML(ex):
		return answered(ex, finding.SignedCallHTML.With(bare(ex.URL), title(ex.Body)))
	}
	return answered(ex, finding.TokenResponseInvalid.With())
}

func explain(r oauth1Refusal) *core.Finding {
	find, known := problems[r.Name]
	if !known {
		find = unknownProblem
	}
	f := answered(r.ex, find(r))
	raw := "HTTP " + statusOf(r.ex) + " oauth_problem=" + r.Name
	if r.Advice != "" {
		raw += ": " + r.Advice
	}
	return f.Because(raw)
}

func unknownProblem(r oauth1Refusal) *core.Finding {
	return finding.RefusedWithoutReason.With(statusOf(r.ex), strings.TrimSpace(r.Name+" "+clip(r.Advice)), "")
}

// key is the consumer key that was sent, as far as it is known.
func (r oauth1Refusal) key() string {
	if r.Key == "" {
		key, _ := sent(r.ex.BaseString, "oauth_consumer_key")
		return key
	}
	return r.Key
}

func (r oauth1Refusal) names(fallback string) string {
	if len(r.Names) == 0 {
		return fallback
	}
	return strings.Join(r.Names, ", ")
}

// signatureInvalid tells another key from another reading of the request by the
// base string that the server sends back. Servers that send none leave it open;
// then the key is the more likely cause.
func signatureInvalid(r oauth1Refusal) *core.Finding {
	if r.BaseString == "" || r.ex.BaseString == "" {
		return finding.PublicKeyMismatch.With(r.key(), "unknown")
	}
	d := Compare(r.ex.BaseString, r.BaseString)
	if d.Part == "" {
		return finding.PublicKeyMismatch.With(r.key(), "key")
	}
	return finding.BaseStringMismatch.With(d.Part, d.Ours, d.Theirs)
}

// permissionDenied means the user's No when a token was to be exchanged, and
// everywhere else that the consumer may not act for users.
func permissionDenied(r oauth1Refusal) *core.Finding {
	if isAccessToken(r.ex) {
		return finding.AccessDenied.With()
	}
	return finding.ConsumerNotPermitted.With(r.key())
}

// tokenRejected is also the answer to a wrong verification code.
func tokenRejected(r oauth1Refusal) *core.Finding {
	if r.TypedCode && isAccessToken(r.ex) {
		return finding.WrongVerifier.With("")
	}
	return finding.TokenRejected.With()
}

func timestampRefused(r oauth1Refusal) *core.Finding {
	ours := r.ex.At
	if sent, ok := sentTimestamp(r.ex.BaseString); ok {
		ours = sent
	}
	if !r.From.IsZero() {
		return window(ours, r.From, r.To)
	}
	theirs, err := http.ParseTime(r.ex.Header.Get("Date"))
	if err != nil {
		return finding.ClockSkew.With("", "", "", "", ours.UTC().Format(clockLayout))
	}
	return skew(ours, theirs)
}

func sentTimestamp(baseString string) (time.Time, bool) {
	value, _ := sent(baseString, "oauth_timestamp")
	seconds, err := strconv.ParseInt(value, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

var signatureLength = core.Pattern(`(?i)signature length`)

// exceptional explains a 500. A signature that is not as long as the registered
// key demands ends in an exception, of which the container tells nothing or the
// words "Bad signature length"; an answer that says anything else is a failure of
// the server.
func exceptional(ex core.Exchange, c OAuth1Call) *core.Finding {
	said := signatureLength().Match(ex.Body[:min(len(ex.Body), 64<<10)])
	if !said && !saysNothing(ex) {
		return serverError(ex)
	}
	bits, words := "", ""
	if c.Bits > 0 {
		bits = strconv.Itoa(c.Bits)
	}
	if said {
		words = "Bad signature length"
	}
	return answered(ex, finding.KeySizeMismatch.With(bits, words, ""))
}

var (
	containerTitle = core.Pattern(`(?i)^(?:HTTP (?:Status|Error) 500\b.*)?$`)
	ofGateway      = core.Pattern(`(?i)nginx|haproxy|envoy|cloudflare|akamai|varnish`)
)

// saysNothing reports whether an answer is empty, or the page with which servlet
// containers report an exception without its text.
func saysNothing(ex core.Exchange) bool {
	body := ex.Body[:min(len(ex.Body), 64<<10)]
	if len(strings.TrimSpace(string(body))) == 0 {
		return true
	}
	return isHTML(ex) && containerTitle().MatchString(title(body)) && exception(body) == "" && !ofGateway().Match(body)
}

func isAccessToken(ex core.Exchange) bool {
	return strings.HasSuffix(bare(ex.URL), "/oauth/access-token")
}

func hasToken(ex core.Exchange) bool {
	values, err := url.ParseQuery(strings.TrimSpace(string(ex.Body)))
	return err == nil && values.Get("oauth_token") != "" && values.Get("oauth_token_secret") != ""
}

// confirmed reports whether a request token comes with the confirmation that the
// callback arrived.
func confirmed(ex core.Exchange) bool {
	values, _ := url.ParseQuery(strings.TrimSpace(string(ex.Body)))
	return values.Get("oauth_callback_confirmed") == "true"
}
