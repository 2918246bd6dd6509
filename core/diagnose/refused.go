package diagnose

import (
	"html"
	"net/http"
	"regexp"
	"strings"

	"applink/core"
	"applink/core/finding"
)

// accountSymptom is one row about an account that Bitbucket does not let in,
// whatever it was sent. An answer fits by its exception's class or by its message.
type accountSymptom struct {
	class, message func() *regexp.Regexp
	kind           finding.Kind3
}

// accountSymptoms are tried in order. Classes that say only that nobody was
// recognised are not among them.
var accountSymptoms = []accountSymptom{
	{core.Pattern(`(?i)captcha`), core.Pattern(`(?i)captcha`), finding.CaptchaRequired},
	{core.Pattern(`\.NoAccess|(?i:licen[sc]e)\w*Exception`), core.Pattern(`(?i)\bnot (?:\w+ )?licen[sc]ed\b`), finding.AccountUnlicensed},
	{core.Pattern(`\.auth\.\w+Exception$`), core.Pattern(`(?i)\b(?:user|account|password)\b.*\b(?:inactive|not active|deactivated|disabled|locked|expired)\b`), finding.AccountDisabled},
}

// unrecognised are the classes of a refusal that names no cause but that the
// caller is nobody.
var unrecognised = core.Pattern(`(?i)(?:Authori[sz]ation|AuthenticationRequired|IncorrectPasswordAuthentication)Exception$`)

// unrecognisedSays are the messages of those classes.
var unrecognisedSays = core.Pattern(`(?i)^(?:you are not permitted to access this resource|authentication failed)`)

// Told explains a refusal by what Bitbucket itself says. It is nil when the
// answer names no cause, or only that the caller is nobody: what that means
// depends on what was sent.
func Told(ex core.Exchange) *core.Finding {
	if ex.Status < 400 || ex.Status > 499 || ex.Status == http.StatusProxyAuthRequired || ex.Status == http.StatusTooManyRequests {
		return nil
	}
	said := core.ReadRefusal(ex.Header, ex.Body)
	known := ex.Header.Get("X-AUSERNAME") != ""
	denied := ex.Status == http.StatusUnauthorized || ex.Status == http.StatusForbidden
	if denied {
		if f := ofAccount(ex, said); f != nil {
			return f
		}
	}
	nobody := denied && !known &&
		(unrecognised().MatchString(said.Exception) || said.Exception == "" && unrecognisedSays().MatchString(said.Message()))
	// What is not in the envelope may be a gateway's, or is said of an unknown path.
	elsewhere := !said.Envelope && (!known || ex.Status == http.StatusNotFound)
	if said.Message() == "" || nobody || elsewhere {
		return nil
	}
	return answered(ex, finding.RequestRefused.With(statusOf(ex), said.Message()))
}

// ofAccount finds that the account is not let in.
func ofAccount(ex core.Exchange, said core.Refusal) *core.Finding {
	message := said.Message()
	if message == "" {
		message = said.Reason
	}
	for _, row := range accountSymptoms {
		if row.class().MatchString(said.Exception) && !unrecognised().MatchString(said.Exception) ||
			row.message().MatchString(message) || row.class().MatchString(said.Reason) {
			return answered(ex, row.kind.With(statusOf(ex), message, bare(said.LoginURL)))
		}
	}
	if said.Reason != "" {
		return answered(ex, finding.AccountDisabled.With(statusOf(ex), message, bare(said.LoginURL)))
	}
	return nil
}

// unnamed is a refusal without a cause that is known. One that repeats the signed
// parameters of the request is reported of users who may not log in.
func unnamed(ex core.Exchange) *core.Finding {
	echo := ""
	if ex.Status == http.StatusUnauthorized && ParseProblem(ex.Body, ex.Header).Echo {
		echo = "yes"
	}
	return answered(ex, finding.RefusedWithoutReason.With(statusOf(ex), core.ReadRefusal(ex.Header, ex.Body).Message(), echo))
}

// serverError explains a failure of the server with what it says of it: the
// message of its JSON, the exception of a stack trace, or the title of a page.
func serverError(ex core.Exchange) *core.Finding {
	said := core.ReadRefusal(ex.Header, ex.Body).Message()
	if said == "" {
		said = exception(ex.Body)
	}
	if said == "" && isHTML(ex) {
		said = title(ex.Body)
	}
	return answered(ex, finding.ServerError.With(statusOf(ex), said))
}

// containerMessage is what Tomcat's error page tells beside the status.
var containerMessage = core.Pattern(`(?is)<b>\s*Message\s*</b>([^<]+)`)

var javaException = core.Pattern(`\b(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error)\b(?:: [^\r\n<]*)?`)

// exception returns the cause that an error page of Java names, the innermost of a
// stack trace, which comes last; "" when there is none.
func exception(body []byte) string {
	body = body[:min(len(body), 64<<10)]
	var found []byte
	if all := javaException().FindAll(body, 32); len(all) > 0 {
		found = all[len(all)-1]
	} else if m := containerMessage().FindSubmatch(body); m != nil {
		found = m[1]
	}
	return clip(strings.Join(strings.Fields(html.UnescapeString(string(found))), " "))
}
