package bitbuckettest

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// packagistUser is who Bitbucket says has signed in.
type packagistUser struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Integration string `json:"-"` // slug of the integration that was used
}

// String returns "Jane (jane)".
func (u packagistUser) String() string { return cmp.Or(u.DisplayName, u.Name) + " (" + u.Name + ")" }

// packagistDance signs a user in with one protocol.
type packagistDance interface {
	// begin returns where to send the browser and what has to come back: the
	// value that finds the pending sign-in again, and its secret part.
	begin(ctx context.Context) (authorizeURL, state, secret string, err error)
	// finish turns the query of the callback into a user.
	finish(ctx context.Context, secret string, query url.Values) (packagistUser, error)
	// state reads from the callback's query which sign-in it belongs to.
	state(query url.Values) string
}

func packagistDenied() *packagistTrouble {
	return &packagistTrouble{Doing: "waiting for consent", Why: "Access was denied in Bitbucket. Nobody was signed in."}
}

// packagistAsk asks Bitbucket in the name of the user.
type packagistAsk func(doing, path string) (*packagistAnswer, error)

// packagistIdentify reads the user: the name from X-AUSERNAME, because
// application-properties answers anonymous calls too, then the user's record.
func packagistIdentify(ask packagistAsk) (packagistUser, error) {
	const doing = "asking who signed in"
	answer, err := ask(doing, "/rest/api/1.0/application-properties")
	if err != nil {
		return packagistUser{}, err
	}
	name := packagistUnescape(answer.header.Get("X-AUSERNAME"))
	switch {
	case answer.status != http.StatusOK:
		return packagistUser{}, answer.trouble("")
	case name == "":
		return packagistUser{}, answer.trouble("The call was answered as if nobody had signed in: no X-AUSERNAME.")
	}
	return packagistRecord(ask, doing, name)
}

// packagistRecord reads the user's record by slug, which is the name for most;
// for the others it is looked up by name.
func packagistRecord(ask packagistAsk, doing, name string) (packagistUser, error) {
	const path = "/rest/api/1.0/users"
	answer, err := ask(doing, path+"/"+url.PathEscape(name))
	if err != nil {
		return packagistUser{}, err
	}
	found := make([]packagistUser, 1)
	into := any(&found[0])
	if answer.status == http.StatusNotFound {
		query := url.Values{"filter": {name}, "limit": {"1000"}}
		if answer, err = ask(doing, path+"?"+query.Encode()); err != nil {
			return packagistUser{}, err
		}
		into = &struct{ Values *[]packagistUser }{&found}
	}
	if answer.status == http.StatusOK && json.Unmarshal(answer.body, into) == nil {
		for _, user := range found {
			if strings.EqualFold(user.Name, name) {
				return user, nil
			}
		}
	}
	return packagistUser{}, answer.trouble("The record of the user " + name + " could not be read.")
}
