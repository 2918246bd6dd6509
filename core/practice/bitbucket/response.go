package bitbucket

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

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
func (b *Bitbucket) commonHeaders(w http.ResponseWriter) {
	b.mu.Lock()
	b.requests++
	n := b.requests
	b.mu.Unlock()
	now := b.now().UTC()
	mark := "@"
	if b.faults.on(Jira) || b.faults.on(Confluence) {
		mark = ""
	}
	h := w.Header()
	h.Set("Date", now.Format(http.TimeFormat))
	h.Set("X-AREQUESTID", fmt.Sprintf("%s1PRACTx%dx%dx0", mark, now.Hour()*60+now.Minute(), n))
	h.Set("X-Content-Type-Options", "nosniff")
}

// identityHeaders tells who is calling; without a user it adds nothing.
func (b *Bitbucket) identityHeaders(w http.ResponseWriter, who caller) {
	h := w.Header()
	h.Set("Vary", "accept-encoding,x-auserid,cookie,x-ausername,accept-encoding")
	if who.user == nil {
		return
	}
	h.Set("X-ASESSIONID", "practice")
	h.Set("X-AUSERID", strconv.Itoa(who.user.ID))
	h.Set("X-AUSERNAME", url.QueryEscape(who.user.Name))
	if b.o.REST.PlainUserName {
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

// Event is something that the server refused, for people who wonder and tests
// that assert.
type Event struct {
	At     time.Time // the server's clock
	Method string
	Path   string // below the context path
	Status int
	Why    string // "signature_invalid", "Xsrf token validation failed", ...
}

// Events returns what was refused so far, oldest first; at most the last 1000.
func (b *Bitbucket) Events() []Event { return b.journal.all() }

// refuse notes why a request is about to be answered with an error.
func (b *Bitbucket) refuse(r *http.Request, status int, why string) {
	b.journal.add(Event{At: b.now(), Method: r.Method, Path: r.URL.Path, Status: status, Why: why})
}
