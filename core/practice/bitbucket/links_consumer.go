package bitbucket

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// incoming is the form "Incoming Authentication", by its names on the wire.
type incoming struct {
	Key, ConsumerName, Description, PublicKey, Callback string
	TwoLO, Impersonation                                bool
	ExecuteAs                                           string
}

func incomingOf(r *http.Request) incoming {
	return incoming{Key: strings.TrimSpace(r.PostFormValue("key")), ConsumerName: strings.TrimSpace(r.PostFormValue("consumerName")),
		Description: r.PostFormValue("description"), PublicKey: r.PostFormValue("publicKey"),
		Callback: strings.TrimSpace(r.PostFormValue("callback")), TwoLO: isTicked(r, "two-lo-enabled"),
		Impersonation: isTicked(r, "two-lo-impersonation-enabled"), ExecuteAs: r.PostFormValue("two-lo-execute-as")}
}

func isTicked(r *http.Request, name string) bool {
	v := r.PostFormValue(name)
	return v != "" && v != "false"
}

// check validates the form as the admin page does and makes a consumer of it.
// Otherwise it returns the messages by field name.
func (f incoming) check() (Consumer, map[string]string) {
	problems := map[string]string{}
	if f.Key == "" {
		problems["key"] = "Consumer key is required."
	}
	if f.ConsumerName == "" {
		problems["consumerName"] = "Consumer name is required."
	}
	c := Consumer{Key: f.Key, Name: f.ConsumerName, Description: f.Description, PublicKey: f.PublicKey,
		TwoLO: f.TwoLO, ExecuteAs: f.ExecuteAs, Impersonation: f.Impersonation}
	if strings.TrimSpace(f.PublicKey) == "" {
		problems["publicKey"] = "Consumer public key is required."
	} else if key, err := parseFormKey(f.PublicKey); err != nil {
		problems["publicKey"] = "Must be a valid public key. " + err.Error()
	} else {
		c.rsa = key
	}
	if why := checkConsumerCallback(f.Callback); why != "" {
		problems["callback"] = why
	}
	if len(problems) > 0 {
		return Consumer{}, problems
	}
	c.Callback = f.Callback
	if c.Callback != "" && !strings.HasSuffix(c.Callback, "/") {
		c.Callback += "/" // the page does, the REST resource does not
	}
	return c, nil
}

func checkConsumerCallback(callback string) string {
	if callback == "" {
		return ""
	}
	u, err := url.Parse(callback)
	switch {
	case err != nil:
		return "Must be a valid URL."
	case !u.IsAbs():
		return "Callback URL must be absolute."
	case !isHTTP(u.Scheme):
		return "Callback URL must be either an HTTP or HTTPS address."
	case u.Host == "":
		return "Must be a valid URL."
	}
	return ""
}

// firstProblem picks one message in the order of the fields.
func firstProblem(problems map[string]string) string {
	for _, name := range []string{"key", "consumerName", "publicKey", "callback", "two-lo-execute-as"} {
		if problems[name] != "" {
			return problems[name]
		}
	}
	return ""
}

// showIncoming is the tab "Incoming Authentication".
func (ls *links) showIncoming(w http.ResponseWriter, r *http.Request, l link) {
	if l.typeID != "generic" {
		ls.redirect(w, r, pathByURL+l.id)
		return
	}
	tab := details{Tab: "incoming", Link: l.row(), TypeID: l.typeID, Form: incoming{}}
	if c := l.consumer; c != nil {
		tab.Present = true
		tab.Form = incoming{Key: c.Key, ConsumerName: c.Name, Description: c.Description, PublicKey: c.PublicKey,
			Callback: c.Callback, TwoLO: c.TwoLO, Impersonation: c.Impersonation, ExecuteAs: c.ExecuteAs}
	}
	p := page{Title: "Configure " + l.name, Body: tab}
	if message := r.URL.Query().Get("message"); slices.Contains([]string{messageEnabled, messageDisabled}, message) {
		p.Message = message
	}
	ls.render(w, r, "configure", p)
}

const (
	messageEnabled  = "Enabled OAuth authentication."
	messageDisabled = "Disabled OAuth authentication."
)

func (ls *links) saveIncoming(w http.ResponseWriter, r *http.Request, l link) {
	if r.PostFormValue("oauth-incoming-enabled") != "true" {
		ls.removeConsumer(l.id)
		redirectMessage(w, l.id, messageDisabled)
		return
	}
	form := incomingOf(r)
	consumer, problems := form.check()
	if problems == nil && form.ExecuteAs != "" && ls.userNamed(form.ExecuteAs) == nil {
		problems = map[string]string{"two-lo-execute-as": "The user does not exist."}
	}
	if problems == nil {
		if err := ls.setConsumer(l.id, consumer); err != nil {
			problems = map[string]string{"key": err.Error()}
		}
	}
	if problems != nil {
		ls.refuse(r, http.StatusOK, firstProblem(problems))
		ls.render(w, r, "configure", page{Title: "Configure " + l.name, Body: details{Tab: "incoming", Link: l.row(), TypeID: l.typeID, Form: form, Errors: problems, Present: l.consumer != nil}})
		return
	}
	redirectMessage(w, l.id, messageEnabled)
}

// redirectMessage sends back to the form with a relative address, as the servlet
// does.
func redirectMessage(w http.ResponseWriter, id, message string) {
	w.Header().Set("Location", "./"+id+"?message="+url.QueryEscape(message))
	w.WriteHeader(http.StatusFound)
}

// showByURL stands in for the form that other Atlassian products get.
func (ls *links) showByURL(w http.ResponseWriter, r *http.Request, l link) {
	ls.render(w, r, "configure", page{Title: "Configure " + l.name, Body: details{Tab: "incoming", Link: l.row(), TypeID: l.typeID}})
}
