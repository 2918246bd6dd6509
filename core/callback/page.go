package callback

import (
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"sync"
)

//go:embed page.html
var pageHTML string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageHTML))
})

// page is what a browser shows that came back, or is about to go on.
type page struct {
	Title, Text string
	Onward      string // where its button leads; "" for none
}

// With OAuth 1 the page says that the answer arrived, not that it worked: the
// token is asked for after it, and the terminal has the result. With OAuth 2 it
// is asked for before.
var (
	pageReceived  = page{Title: "Back to the terminal", Text: "Bitbucket's answer has arrived. You can close this tab and go back to the terminal, which shows how it went."}
	pageDenied    = page{Title: "Access was denied", Text: "Nothing was granted. You can close this tab and go back to the terminal, where you can start again."}
	pageAgain     = page{Title: "Already received", Text: "The answer arrived in another tab. You can close this one and go back to the terminal."}
	pageNotOurs   = page{Title: "Not the answer that is expected", Text: "This address belongs to another authorization, or is cut off. Go back to the terminal, which is still waiting, and open the address that it shows."}
	pageConnected = page{Title: "It worked", Text: "Bitbucket has let applink in. You can close this tab and go back to the terminal, which goes on by itself."}
	pageFailed    = page{Title: "It did not work", Text: "You came back, but Bitbucket gave no access. Go back to the terminal, which says why and what to do. You can close this tab."}
	pageWarmup    = page{Title: "The certificate is accepted", Text: "It is applink's own, made on this machine for this sign-in. Nothing has to be imported. The terminal shows the next page; the button leads there too."}
	pageListening = page{Title: "applink is listening", Text: "This address is where Bitbucket will send you back to. Go back to the terminal."}
	pageStranger  = page{Title: "Nothing here", Text: "This address is used only to come back from Bitbucket."}
)

func showPage(w http.ResponseWriter, status int, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	pageTemplate().Execute(w, p)
}

// Answer takes the query of a callback and returns what came of it: nil for success,
// [ErrDenied], [ErrAgain], an [*UnusableError] for what is not ours, and for any other
// failure an error that the terminal explains.
type Answer func(url.Values) error

// ServeHTTP takes a callback and then tells the browser how it went.
func (take Answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		showPage(w, http.StatusBadRequest, pageNotOurs)
		return
	}
	showAnswer(w, take(r.URL.Query()), pageConnected)
}

// showAnswer shows what came of a callback, good for success.
func showAnswer(w http.ResponseWriter, err error, good page) {
	switch {
	case err == nil:
		showPage(w, http.StatusOK, good)
	case IsUnusable(err):
		showPage(w, http.StatusBadRequest, pageNotOurs)
	case errors.Is(err, ErrAgain):
		showPage(w, http.StatusOK, pageAgain)
	case errors.Is(err, ErrDenied):
		showPage(w, http.StatusOK, pageDenied)
	default:
		showPage(w, http.StatusOK, pageFailed)
	}
}
