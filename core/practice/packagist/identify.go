package packagist

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// user is who Bitbucket says has signed in.
type user struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Integration string `json:"-"` // slug of the integration that was used
}

// String returns "Jane (jane)".
func (u user) String() string { return cmp.Or(u.DisplayName, u.Name) + " (" + u.Name + ")" }

// dance signs a user in with one protocol.
type dance interface {
	// begin returns where to send the browser and what has to come back: the
	// value that finds the pending sign-in again, and its secret part.
	begin(ctx context.Context) (authorizeURL, state, secret string, err error)
	// finish turns the query of the callback into a user.
	finish(ctx context.Context, secret string, query url.Values) (user, error)
	// state reads from the callback's query which sign-in it belongs to.
	state(query url.Values) string
}

func denied() *failure {
	return &failure{Doing: "waiting for consent", Why: "Access was denied in Bitbucket. Nobody was signed in."}
}

// ask asks Bitbucket in the name of the user.
type ask func(doing, path string) (*answer, error)

// identify reads the user: the name from X-AUSERNAME, because
// application-properties answers anonymous calls too, then the user's record.
func identify(ask ask) (user, error) {
	const doing = "asking who signed in"
	answer, err := ask(doing, "/rest/api/1.0/application-properties")
	if err != nil {
		return user{}, err
	}
	name := unescape(answer.header.Get("X-AUSERNAME"))
	switch {
	case answer.status != http.StatusOK:
		return user{}, answer.trouble("")
	case name == "":
		return user{}, answer.trouble("The call was answered as if nobody had signed in: no X-AUSERNAME.")
	}
	return record(ask, doing, name)
}

// record reads the user's record by slug, which is the name for most;
// for the others it is looked up by name.
func record(ask ask, doing, name string) (user, error) {
	const path = "/rest/api/1.0/users"
	answer, err := ask(doing, path+"/"+url.PathEscape(name))
	if err != nil {
		return user{}, err
	}
	found := make([]user, 1)
	into := any(&found[0])
	if answer.status == http.StatusNotFound {
		query := url.Values{"filter": {name}, "limit": {"1000"}}
		if answer, err = ask(doing, path+"?"+query.Encode()); err != nil {
			return user{}, err
		}
		into = &struct{ Values *[]user }{&found}
	}
	if answer.status == http.StatusOK && json.Unmarshal(answer.body, into) == nil {
		for _, user := range found {
			if strings.EqualFold(user.Name, name) {
				return user, nil
			}
		}
	}
	return user{}, answer.trouble("The record of the user " + name + " could not be read.")
}
