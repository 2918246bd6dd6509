// Package web is what the practice servers have in common as web servers: their pages,
// sessions, form tokens, and the loopback address with a certificate of its own.
package web

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"html/template"
	"io/fs"
	"net/http"
	"sync"

	"applink/assets"
)

// Alphanumerics is the alphabet of Bitbucket's tokens.
const Alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Random returns n random letters and digits, the alphabet of Bitbucket's
// tokens.
func Random(n int) string { return RandomFrom(Alphanumerics, n) }

func RandomFrom(alphabet string, n int) string {
	limit := 256 - 256%len(alphabet) // bytes from here on would favour the first characters
	out := make([]byte, 0, n)
	buf := make([]byte, n)
	for len(out) < n {
		rand.Read(buf) // never fails, see crypto/rand
		for _, c := range buf {
			if int(c) < limit && len(out) < n {
				out = append(out, alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return string(out)
}

// ParsePages reads the templates of one folder below assets/web, such as
// "bitbucket". Every file defines its templates by name.
func ParsePages(folder string) *template.Template {
	return template.Must(template.New(folder).ParseFS(assets.FS, "web/"+folder+"/*.html"))
}

// Render writes the named template as an HTML page. A template that fails is a
// mistake of ours and answers 500 before anything else is sent.
func Render(w http.ResponseWriter, status int, tmpl *template.Template, name string, data any) {
	var page bytes.Buffer
	if err := tmpl.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "rendering "+name+": "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'")
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// ServeStyle answers with the style sheet that all practice pages share.
func ServeStyle(w http.ResponseWriter, _ *http.Request) {
	css, err := fs.ReadFile(assets.FS, "web/style.css")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css;charset=UTF-8")
	w.Write(css)
}

// Same compares without telling by its time how much was equal.
func Same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// Jar holds the browser sessions of one practice server: a cookie's random
// value leads to a T. The zero value is not usable, see NewJar.
type Jar[T any] struct {
	name, path string // of the cookie
	mu         sync.Mutex
	held       map[string]T
}

func NewJar[T any](name, path string) *Jar[T] {
	return &Jar[T]{name: name, path: path, held: map[string]T{}}
}

// Get returns what the request's cookie leads to.
func (j *Jar[T]) Get(r *http.Request) (T, bool) {
	var none T
	c, err := r.Cookie(j.name)
	if err != nil {
		return none, false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	v, ok := j.held[c.Value]
	return v, ok
}

// Put starts a new session. It must come before the body of the response.
func (j *Jar[T]) Put(w http.ResponseWriter, v T) {
	id := Random(32)
	j.mu.Lock()
	j.held[id] = v
	j.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: j.name, Value: id, Path: j.path, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Drop ends the request's session, if there is one.
func (j *Jar[T]) Drop(r *http.Request) {
	if c, err := r.Cookie(j.name); err == nil {
		j.mu.Lock()
		delete(j.held, c.Value)
		j.mu.Unlock()
	}
}

// XSRFToken returns the token of this browser for the hidden field of a form
// and sets the cookie that it will be compared with. It must come before the
// body of the response.
func XSRFToken(w http.ResponseWriter, r *http.Request, cookie, path string) string {
	if c, err := r.Cookie(cookie); err == nil && len(c.Value) >= 20 {
		return c.Value
	}
	token := Random(40)
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: token, Path: path, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return token
}

// XSRFValid reports whether the form field holds what the cookie holds.
func XSRFValid(r *http.Request, cookie, field string) bool {
	c, err := r.Cookie(cookie)
	return err == nil && c.Value != "" && Same(c.Value, r.PostFormValue(field))
}
