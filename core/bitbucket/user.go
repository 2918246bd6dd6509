package bitbucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"applink/core/finding"
)

const (
	restAPI               = "/rest/api/1.0"
	applicationProperties = restAPI + "/application-properties"
)

// Identity is the user as whom Bitbucket takes the client. Accounts are linked by ID: names
// and slugs change, and an e-mail address, which is not kept, proves nothing.
type Identity struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Slug        string `json:"slug"`
	DisplayName string `json:"displayName"`
}

var errFound = errors.New("found")

// User asks who the client is for Bitbucket. The name comes from the response
// header X-AUSERNAME, since Bitbucket answers 200 to anonymous callers too;
// without it the error is the finding [finding.UserUnknown]. When the name has no user
// record that the client may see, the identity has only the name, beside an
// error.
func (c *Client) User(ctx context.Context) (Identity, error) {
	var ignored struct{}
	header, err := c.get(ctx, applicationProperties, nil, &ignored)
	if err != nil {
		return Identity{}, fmt.Errorf("asking who signed in: %w", err)
	}
	names := userNames(header.Get("X-AUSERNAME"))
	if len(names) == 0 {
		return Identity{}, finding.UserUnknown.With().Because("the answer has no X-AUSERNAME header")
	}
	for _, name := range names {
		id, err := c.userNamed(ctx, name)
		if err == nil || !errors.Is(err, errNoUser) {
			return id, err
		}
	}
	return Identity{Name: names[0]}, fmt.Errorf("looking up %q: %w", names[0], errNoUser)
}

var errNoUser = errors.New("no user record with this name")

// userNames returns the readings of an X-AUSERNAME value. It is URL-encoded, but
// whether a plus sign in it means itself or a space is not documented.
func userNames(header string) []string {
	var names []string
	for _, decode := range []func(string) (string, error){url.PathUnescape, url.QueryUnescape} {
		name, err := decode(header)
		if err != nil {
			name = header
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// userNamed finds the record of a name. The slug in its address equals the name
// only for plain names, and one user's slug may be another user's name, so the
// record is compared and the search by filter is the second way.
func (c *Client) userNamed(ctx context.Context, name string) (Identity, error) {
	var id Identity
	if name != "." && name != ".." {
		err := c.Get(ctx, restAPI+"/users/"+url.PathEscape(name), nil, &id)
		var refused *APIError
		if err != nil && (!errors.As(err, &refused) || refused.Status != http.StatusNotFound) {
			return Identity{}, err
		}
		if err == nil && strings.EqualFold(id.Name, name) {
			return id, nil
		}
	}
	err := Pages(ctx, c, restAPI+"/users", url.Values{"filter": {name}}, func(users []Identity) error {
		for _, u := range users {
			if strings.EqualFold(u.Name, name) {
				id = u
				return errFound
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, errFound):
		return id, nil
	case err == nil:
		err = errNoUser
	}
	return Identity{}, err
}
