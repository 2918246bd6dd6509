//lint:file-ignore ST1005 these are the server's own messages, word for word

package bitbucket

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"applink/core/practice/web"
)

// Client is an incoming OAuth 2 link: an external application that may ask
// users for access.
type Client struct {
	ID       string   // 32 hex digits; made when empty
	Secret   string   // 64 hex digits; made when empty
	Name     string   // ID when empty
	Redirect string   // "Redirect URL"; several are joined by a comma
	Scopes   []string // the boxes that are ticked; empty for none

	link string // id
}

const hexDigits = "0123456789abcdef"

// Reasons not to save an incoming link.
var (
	errNoClientName = errors.New("Name is required.")
	errClientTaken  = errors.New("This client ID exists already.")
)

// checkClient says why a link cannot be saved, by field of the form.
func (s *store) checkClient(c Client) map[string]string {
	problems := map[string]string{}
	if c.Name == "" {
		problems["name"] = errNoClientName.Error()
	}
	if why := s.checkRedirect(c.Redirect); why != "" {
		problems["redirectUrl"] = why
	}
	for _, key := range c.Scopes {
		if scopeRank(key) < 0 {
			problems["scopes"] = "Unknown permission " + key + "."
		}
	}
	return problems
}

// saveClient makes a link for a client, or changes the link with that id. A
// client keeps its ID and secret for good.
func (s *store) saveClient(id string, c Client) (Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var target *link
	for _, l := range s.links {
		switch {
		case l.id == id:
			target = l
		case strings.EqualFold(l.name, c.Name):
			return c, errNameTaken
		case l.client != nil && c.ID != "" && l.client.ID == c.ID:
			return c, errClientTaken
		}
	}
	switch {
	case id == "":
		target = &link{id: newLinkID(), typeID: "generic"}
		if c.ID == "" {
			c.ID = web.RandomFrom(hexDigits, 32)
		}
		if c.Secret == "" {
			c.Secret = web.RandomFrom(hexDigits, 64)
		}
		s.links = append(s.links, target)
	case target == nil || target.client == nil:
		return c, fmt.Errorf("there is no incoming link %q", id)
	default:
		c.ID, c.Secret = target.client.ID, target.client.Secret
	}
	c.link, c.Scopes = target.id, slices.Clone(c.Scopes)
	target.name, target.client = c.Name, &c
	return c, nil
}

// findClient needs the lock. It returns nil for a client ID that is not known.
func (s *store) findClient(id string) *Client {
	if s.faults.on(NoConsumer) {
		return nil
	}
	for _, l := range s.links {
		if l.client != nil && l.client.ID == id {
			return l.client
		}
	}
	return nil
}

// dropClient forgets what users granted to a link's client. It needs the lock.
func (s *store) dropClient(l *link) {
	if l.client == nil {
		return
	}
	s.dropGrants(func(g *grant) bool { return g.client == l.client.ID })
	maps.DeleteFunc(s.codes, func(_ string, c *code) bool { return c.client == l.client.ID })
}

// Clients returns the incoming OAuth 2 links, oldest first.
func (s *store) Clients() []Client {
	var all []Client
	for _, l := range s.allLinks() {
		if l.client != nil {
			c := *l.client
			c.Scopes = slices.Clone(c.Scopes)
			all = append(all, c)
		}
	}
	return all
}

// ChangeClient changes the link of a client that Clients returned.
func (s *store) ChangeClient(c Client) (Client, error) { return s.saveClient(c.link, c) }

// AddClient makes an incoming OAuth 2 link, as if an admin had filled in the
// form, and returns it with what was made for it. The https rules hold.
func (s *store) AddClient(c Client) (Client, error) {
	if c.ID == "" {
		c.ID = web.RandomFrom(hexDigits, 32)
	}
	if c.Name == "" {
		c.Name = c.ID
	}
	for _, problem := range s.checkClient(c) {
		return Client{}, fmt.Errorf("adding a client: %s", problem)
	}
	saved, err := s.saveClient("", c)
	if err != nil {
		return Client{}, fmt.Errorf("adding a client: %w", err)
	}
	return saved, nil
}

// RemoveClient deletes the link with that client ID and all that users granted
// to it. It reports whether there was one.
func (s *store) RemoveClient(id string) bool {
	for _, c := range s.Clients() {
		if c.ID == id {
			return s.deleteLink(c.link)
		}
	}
	return false
}

// dropGrants forgets grants with their tokens and reports whether there were
// any. It needs the lock.
func (s *store) dropGrants(unwanted func(*grant) bool) bool {
	before := len(s.grants)
	maps.DeleteFunc(s.grants, func(_ string, g *grant) bool { return unwanted(g) })
	return len(s.grants) < before
}
