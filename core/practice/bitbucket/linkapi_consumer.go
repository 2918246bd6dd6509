package bitbucket

import (
	"net/http"
	"strings"
)

// restConsumer is the consumer of a link, as the applinks-oauth resource writes
// and reads it.
type restConsumer struct {
	Key           string  `json:"key"`
	Name          string  `json:"name"`
	Description   string  `json:"description"`
	Method        string  `json:"signatureMethod"`
	PublicKey     string  `json:"publicKey"`
	Callback      *string `json:"callback"`
	TwoLO         bool    `json:"twoLOAllowed"`
	ExecuteAs     string  `json:"executingTwoLOUser"`
	Impersonation bool    `json:"twoLOImpersonationAllowed"`
	Outgoing      bool    `json:"outgoing"`
	SharedSecret  string  `json:"sharedSecret,omitempty"`
}

func restConsumerOf(c *Consumer) restConsumer {
	out := restConsumer{Key: c.Key, Name: c.Name, Description: c.Description, Method: "RSA_SHA1", PublicKey: spkiBase64(c.rsa),
		TwoLO: c.TwoLO, ExecuteAs: c.ExecuteAs, Impersonation: c.Impersonation}
	if c.Callback != "" {
		out.Callback = &c.Callback
	}
	return out
}

func (a *linkAPI) restGetConsumer(w http.ResponseWriter, r *http.Request) {
	l, ok := a.withLink(w, r)
	switch {
	case !ok:
	case l.consumer == nil:
		a.badRequest(w, r, http.StatusNotFound, "No consumer found")
	default:
		writeApplinks(w, r, http.StatusOK, "consumer", restConsumerOf(l.consumer))
	}
}

func (a *linkAPI) restGetAuthentication(w http.ResponseWriter, r *http.Request) {
	l, ok := a.withLink(w, r)
	if !ok {
		return
	}
	consumers := []restConsumer{}
	if l.consumer != nil {
		consumers = append(consumers, restConsumerOf(l.consumer))
	}
	writeApplinks(w, r, http.StatusOK, "authentication", map[string]any{"consumers": consumers, "configuredAuthProviders": []string{}})
}

// restPutConsumer checks only the key and the public key, takes no certificate,
// and leaves the callback as it is.
func (a *linkAPI) restPutConsumer(w http.ResponseWriter, r *http.Request) {
	var in restConsumer
	l, ok := a.withLink(w, r)
	if !ok || !a.readJSON(w, r, &in) {
		return
	}
	if in.Outgoing {
		a.changeLink(l.id, func(l *link) { l.outgoing.ConsumerKey, l.outgoing.SharedSecret = in.Key, in.SharedSecret })
		writeApplinks(w, r, http.StatusCreated, "status", struct{}{})
		return
	}
	c := Consumer{Key: strings.TrimSpace(in.Key), Name: in.Name, Description: in.Description, PublicKey: in.PublicKey}
	if in.Callback != nil {
		c.Callback = *in.Callback
	}
	var err error
	switch {
	case c.Key == "":
		a.badRequest(w, r, http.StatusBadRequest, "Consumer key is required.")
		return
	case strings.TrimSpace(c.PublicKey) == "":
		a.badRequest(w, r, http.StatusBadRequest, "Consumer public key is required.")
		return
	}
	if c.rsa, err = parseRESTKey(c.PublicKey); err != nil {
		a.badRequest(w, r, http.StatusBadRequest, "Must be a valid public key. "+err.Error())
		return
	}
	if err := a.setConsumer(l.id, c); err != nil {
		a.badRequest(w, r, http.StatusBadRequest, err.Error())
		return
	}
	writeApplinks(w, r, http.StatusCreated, "status", struct{}{})
}
