package bitbucket

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	if h.Get("Cache-Control") == "" {
		h.Add("Cache-Control", "private, no-cache")
		h.Add("Cache-Control", "no-cache, no-transform")
		h.Set("Pragma", "no-cache")
	}
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

type restError struct {
	Context   *string `json:"context"`
	Message   string  `json:"message"`
	Exception *string `json:"exceptionName"`
}

// writeRESTError answers with Bitbucket's envelope. class is the Java exception, "" for
// none.
func writeRESTError(w http.ResponseWriter, status int, message, class string) {
	e := restError{Message: message}
	if class != "" {
		e.Exception = &class
	}
	writeJSON(w, status, map[string][]restError{"errors": {e}})
}

// permitted answers 401 when nobody is logged in. The class changed with the
// REST platform of 10.0.
func (s *site) permitted(w http.ResponseWriter, r *http.Request, allowed bool) bool {
	if allowed {
		return true
	}
	class := "com.atlassian.bitbucket.AuthorisationException"
	if callerOf(r).user == nil && s.version.AtLeast("10.0") {
		class = "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException"
	}
	const message = "You are not permitted to access this resource"
	s.refuse(r, http.StatusUnauthorized, message)
	writeRESTError(w, http.StatusUnauthorized, message, class)
	return false
}

// noSuchResource is the 404 of a path that no resource has; it is not
// Bitbucket's envelope. Between the versions on which a shape was recorded, it
// changes where the platform did: with 10.0, and with 10.4.
func (s *site) noSuchResource(w http.ResponseWriter, r *http.Request) {
	s.refuse(r, http.StatusNotFound, "no such resource")
	route := s.options.REST.UnknownRoute
	switch {
	case route != RouteByVersion:
	case !s.version.AtLeast("10.0"):
		route = RouteURI
	case !s.version.AtLeast("10.4"):
		route = RouteXML
	default:
		route = RouteJSON
	}
	const message = "HTTP 404 Not Found"
	switch route {
	case RouteXML:
		writeElements(w, http.StatusNotFound, "status", restStatus{http.StatusNotFound, message})
	case RouteURI:
		address := s.containerURL(r)
		if r.URL.RawQuery != "" {
			address += "?" + r.URL.RawQuery
		}
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
			Status  int    `json:"status-code"`
		}{"null for uri: " + address, http.StatusNotFound})
	default:
		writeJSON(w, http.StatusNotFound, struct {
			Message string `json:"message"`
			Status  int    `json:"status-code"`
			Sub     int    `json:"sub-code"`
		}{message, http.StatusNotFound, -1})
	}
}

// restStatus is an answer of the REST platform and its plug-ins that says how it
// went.
type restStatus struct {
	Status  int    `json:"status-code"`
	Message string `json:"message"`
}

func decodeJSON(w http.ResponseWriter, r *http.Request, v any) error {
	return json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(v)
}

// writeApplinks answers of a resource of Application Links: XML, unless JSON is
// asked for. root names the outermost element.
func writeApplinks(w http.ResponseWriter, r *http.Request, status int, root string, v any) {
	if strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "json") {
		writeJSON(w, status, v)
		return
	}
	writeElements(w, status, root, v)
}

// writeElements writes in XML what [writeJSON] would in JSON: an element for each
// member, one for each value of an array, and none for null. An array as a whole
// has an element whose name is the plural of root.
func writeElements(w http.ResponseWriter, status int, root string, v any) {
	text, err := json.Marshal(v)
	var out bytes.Buffer
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		err = element(&out, d, root)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	body := out.String()
	if bytes.HasPrefix(text, []byte("[")) {
		body = "<" + root + "s>" + body + "</" + root + "s>"
	}
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	w.WriteHeader(status)
	io.WriteString(w, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+body)
}

// element writes the next value.
func element(out *bytes.Buffer, d *json.Decoder, name string) error {
	token, err := d.Token()
	if err != nil || token == nil {
		return err
	}
	if token == json.Delim('[') {
		for d.More() {
			if err := element(out, d, name); err != nil {
				return err
			}
		}
		_, err = d.Token()
		return err
	}
	out.WriteString("<" + name + ">")
	defer out.WriteString("</" + name + ">")
	if token != json.Delim('{') {
		return xml.EscapeText(out, []byte(fmt.Sprint(token)))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if err := element(out, d, key.(string)); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// response is the wrapper that Bitbucket's OAuth filter puts around every
// response: whatever sets status 401 gets a bare challenge in front.
type response struct {
	http.ResponseWriter
	realm string // OAuth realm="..."
}

func (w *response) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		h := w.Header()
		h["Www-Authenticate"] = append([]string{w.realm}, h["Www-Authenticate"]...)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// reset forgets the headers set so far, as the servlet container does before an
// OAuth error. The container itself adds Date again.
func (w *response) reset() {
	for name := range w.Header() {
		if name != "Date" {
			w.Header().Del(name)
		}
	}
}

// commonHeaders sets what every answer of Bitbucket carries. The leading @ of
// X-AREQUESTID sets Bitbucket apart from Jira.
func (s *site) commonHeaders(w http.ResponseWriter) {
	s.mu.Lock()
	s.requests++
	n := s.requests
	s.mu.Unlock()
	now := s.now().UTC()
	mark := "@"
	if s.faults.on(Jira) || s.faults.on(Confluence) {
		mark = ""
	}
	h := w.Header()
	h.Set("Date", now.Format(http.TimeFormat))
	h.Set("X-AREQUESTID", fmt.Sprintf("%s1PRACTx%dx%dx0", mark, now.Hour()*60+now.Minute(), n))
	h.Set("X-Content-Type-Options", "nosniff")
}

// identityHeaders tells who is calling; without a user it adds nothing.
func (s *site) identityHeaders(w http.ResponseWriter, who caller) {
	h := w.Header()
	h.Set("Vary", "accept-encoding,x-auserid,cookie,x-ausername,accept-encoding")
	if who.user == nil {
		return
	}
	h.Set("X-ASESSIONID", "practice")
	h.Set("X-AUSERID", strconv.Itoa(who.user.ID))
	h.Set("X-AUSERNAME", url.QueryEscape(who.user.Name))
	if s.options.REST.PlainUserName {
		h.Set("X-AUSERNAME", who.user.Name)
	}
}

// tomcatError is the error page of the servlet container, which Bitbucket does
// not dress up.
func tomcatError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("Content-Language", "en")
	w.WriteHeader(status)
	title := fmt.Sprintf("HTTP Status %d – %s", status, http.StatusText(status))
	fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>%s</title></head><body><h1>%s</h1></body></html>`, title, title)
}

// letIn reports whether a user may go on, and else has answered.
func (s *site) letIn(w http.ResponseWriter, r *http.Request, u *User) bool {
	why := s.lockedOut(u)
	if why != nil {
		s.failAccount(w, r, *why)
	}
	return why == nil
}

// failAccount is the 401 of an account that is not let in.
func (s *site) failAccount(w http.ResponseWriter, r *http.Request, why lockout) {
	class := "com.atlassian.bitbucket.auth." + why.exception
	s.refuse(r, http.StatusUnauthorized, why.exception)
	writeRESTError(w, http.StatusUnauthorized, why.message, class)
}

// failLogin is the 401 of credentials that are not valid.
func (s *site) failLogin(w http.ResponseWriter, r *http.Request, why string) {
	s.refuse(r, http.StatusUnauthorized, why)
	class := "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"
	writeRESTError(w, http.StatusUnauthorized, "Authentication failed. Please check your credentials and try again.", class)
}

// captchaWord is what the login form asks for. A picture would be no exercise.
const captchaWord = "practice"

// failCaptcha refuses a password of HTTP Basic. Both forms were recorded.
func (s *site) failCaptcha(w http.ResponseWriter, r *http.Request) {
	if s.options.REST.CaptchaStatus != http.StatusForbidden {
		s.failAccount(w, r, lockout{"CaptchaRequiredAuthenticationException",
			"A CAPTCHA has to be solved. Log in in the browser, then try again."})
		return
	}
	s.refuse(r, http.StatusForbidden, "CAPTCHA_CHALLENGE")
	w.Header().Set("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url="+s.base(r)+"/login")
	w.WriteHeader(http.StatusForbidden)
}
