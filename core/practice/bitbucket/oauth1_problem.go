package bitbucket

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// problem is an OAuth error: the fields of its body and its header, in order.
type problem struct {
	name  string
	pairs []pair // oauth_problem among them
}

func (p *problem) Error() string { return p.name }

// bareProblem is an error that has nothing to add to its name.
func bareProblem(name string) *problem {
	return &problem{name, []pair{{"oauth_problem", name}}}
}

func absentProblem(names []string) *problem {
	encoded := make([]string, len(names))
	for i, name := range names {
		encoded[i] = percentEncode(name)
	}
	return &problem{"parameter_absent", []pair{
		{"oauth_parameters_absent", strings.Join(encoded, "&")}, {"oauth_problem", "parameter_absent"}}}
}

func repeatedProblem(rejected []pair) *problem {
	return &problem{"parameter_rejected", []pair{
		{"oauth_problem", "parameter_rejected"}, {"oauth_parameters_rejected", formEncode(rejected)}}}
}

func callbackProblem(value string) *problem {
	advice := "As per OAuth spec version 1.0 Revision A Section 6.1 <http://oauth.net/core/1.0a#auth_step1>, " +
		"the oauth_callback parameter is required and must be either a valid, absolute URI using the http or https scheme, " +
		"or 'oob' if the callback has been established out of band. The following invalid URI was supplied '" + value + "'"
	return &problem{"parameter_rejected", []pair{
		{"oauth_problem", "parameter_rejected"}, {"oauth_parameters_rejected", "oauth_callback"}, {"oauth_problem_advice", advice}}}
}

func timestampProblem(earliest, latest int64) *problem {
	window := strconv.FormatInt(earliest, 10) + "-" + strconv.FormatInt(latest, 10)
	return &problem{"timestamp_refused", []pair{
		{"oauth_problem", "timestamp_refused"}, {"oauth_acceptable_timestamps", window}}}
}

func versionProblem() *problem {
	return &problem{"version_rejected", []pair{
		{"oauth_problem", "version_rejected"}, {"oauth_acceptable_versions", "1.0-1.0"}}}
}

func signatureProblem(m message, base string) *problem {
	return &problem{"signature_invalid", []pair{
		{"oauth_problem", "signature_invalid"}, {"oauth_signature", m.value("oauth_signature")},
		{"oauth_signature_base_string", base}, {"oauth_signature_method", m.value("oauth_signature_method")}}}
}

// methodProblem is bare in the shared plug-in; the library names what it takes.
func methodProblem(profile Profile) *problem {
	p := bareProblem("signature_method_rejected")
	if profile == NetOAuth {
		p.pairs = append(p.pairs, pair{"oauth_acceptable_signature_methods", "HMAC-SHA1&PLAINTEXT&RSA-SHA1"})
	}
	return p
}

// status is the HTTP status of a problem.
func (p *problem) status() int {
	switch p.name {
	case "version_rejected", "parameter_absent", "parameter_rejected", "timestamp_refused", "signature_method_rejected":
		return http.StatusBadRequest
	case "nonce_used", "token_used", "token_expired", "token_revoked", "token_rejected", "signature_invalid",
		"consumer_key_unknown", "consumer_key_rejected", "additional_authorization_required",
		"permission_unknown", "permission_denied":
		return http.StatusUnauthorized
	case "user_refused", "consumer_key_refused":
		return http.StatusServiceUnavailable
	}
	return http.StatusForbidden
}

// challenge is the value of a WWW-Authenticate header with pairs.
func challenge(realm string, pairs []pair) string {
	out := `OAuth realm="` + percentEncode(realm) + `"`
	for _, p := range pairs {
		out += ", " + percentEncode(p.name) + `="` + percentEncode(p.value) + `"`
	}
	return out
}

// writeProblem answers a token request or a resource request with an OAuth
// error.
func (o *oauth1) writeProblem(w *response, r *http.Request, realm string, p *problem) {
	o.refuse(r, p.status(), p.name)
	w.reset()
	w.Header().Add("WWW-Authenticate", challenge(realm, p.pairs))
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	w.WriteHeader(p.status())
	w.Write([]byte(formEncode(p.pairs)))
}

// failToken answers at a token endpoint: with the OAuth error, or with the
// container's page when the cause is none.
func (o *oauth1) failToken(w *response, r *http.Request, err error) {
	var p *problem
	if errors.As(err, &p) {
		o.writeProblem(w, r, o.tokenRealm(r), p)
		return
	}
	o.refuse(r, http.StatusInternalServerError, err.Error())
	w.reset()
	tomcatError(w, http.StatusInternalServerError)
}

// tokenRealm is the realm at the token endpoints, on which the profiles differ.
// The bare challenge in front always names the base URL.
func (o *oauth1) tokenRealm(r *http.Request) string {
	if o.options.Profile == NetOAuth {
		return o.containerURL(r)
	}
	return o.base(r)
}

// echo answers a resource request without a body: the challenge repeats the
// request's own OAuth parameters and names no problem.
func (o *oauth1) echo(w *response, r *http.Request, status int, m message, why string) {
	o.refuse(r, status, why)
	var own []pair
	for _, p := range m.pairs {
		if strings.HasPrefix(p.name, "oauth_") {
			own = append(own, p)
		}
	}
	w.reset()
	w.Header().Add("WWW-Authenticate", challenge(o.base(r), own))
	w.WriteHeader(status)
}
