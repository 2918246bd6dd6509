package check

import (
	"fmt"
	"strings"

	"applink/core"
	"applink/core/diagnose"
)

// bodyShown is how much of an answer's body evidence keeps, in bytes.
const bodyShown = 600

// evidence turns exchanges into lines that can be stored and shown. Exchanges
// come without secrets from the recorder; [Runner.stamp] makes the lines printable.
func evidence(exchanges ...core.Exchange) []core.Evidence {
	var lines []core.Evidence
	for _, ex := range exchanges {
		theirs := diagnose.ParseProblem(ex.Body, ex.Header).BaseString
		if ex.BaseString != "" && theirs != "" {
			lines = append(lines, compared(ex.BaseString, theirs)...)
		}
		lines = append(lines, core.Evidence{Label: "asked", Value: ex.Method + " " + ex.URL})
		if ex.Proxy != "" {
			lines = append(lines, core.Evidence{Label: "through proxy", Value: ex.Proxy})
		}
		if ex.Err != nil {
			lines = append(lines, core.Evidence{Label: "failed", Value: ex.Err.Error()})
			continue
		}
		if ex.Status != 0 {
			lines = append(lines, core.Evidence{Label: "answered", Value: fmt.Sprintf("HTTP %d in %d ms", ex.Status, ex.Took.Milliseconds())})
		}
		for _, h := range []string{"Server", "Via", "Content-Type", "Location", "X-AUSERNAME", "X-Authentication-Denied-Reason"} {
			if v := ex.Header.Get(h); v != "" {
				lines = append(lines, core.Evidence{Label: h, Value: v})
			}
		}
		for _, v := range ex.Header.Values("WWW-Authenticate") {
			lines = append(lines, core.Evidence{Label: "WWW-Authenticate", Value: v})
		}
		if body := strings.TrimSpace(string(ex.Body)); body != "" {
			lines = append(lines, core.Evidence{Label: "body", Value: body[:min(len(body), bodyShown)]})
		}
		if ex.BaseString != "" {
			lines = append(lines, core.Evidence{Label: "our base string", Value: ex.BaseString})
		}
		if theirs != "" {
			lines = append(lines, core.Evidence{Label: "Bitbucket's base string", Value: theirs})
		}
	}
	return lines
}

// compared tells how what was signed differs from what Bitbucket would have signed.
func compared(ours, theirs string) []core.Evidence {
	d := diagnose.Compare(ours, theirs)
	if d.Part == "" {
		return []core.Evidence{{Label: "compared", Value: "both sign the same text, so the keys differ"}}
	}
	return []core.Evidence{{Label: "the difference", Value: d.Part}, {Label: "applink signs", Value: d.Ours}, {Label: "Bitbucket signs", Value: d.Theirs}}
}
