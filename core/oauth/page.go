package oauth

import (
	_ "embed"
	"html/template"
	"net/http"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// page is what a browser shows that came back.
type page struct{ Title, Text string }

// The page says that the answer arrived, not that it worked: the token is asked
// for after it, and the terminal has the result.
var (
	pageReceived = page{"Back to the terminal", "Bitbucket's answer has arrived. You can close this tab and go back to the terminal, which shows how it went."}
	pageDenied   = page{"Access was denied", "Nothing was granted. You can close this tab and go back to the terminal, where you can start again."}
	pageAgain    = page{"Already received", "The answer arrived in another tab. You can close this one and go back to the terminal."}
	pageNotOurs  = page{"Not the answer that is expected", "This address belongs to another authorization, or is cut off. Go back to the terminal, which is still waiting, and open the address that it shows."}
	pageStranger = page{"Nothing here", "This address is used only to come back from Bitbucket."}
)

func showPage(w http.ResponseWriter, status int, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	pageTemplate.Execute(w, p)
}
