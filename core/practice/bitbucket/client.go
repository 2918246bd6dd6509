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
func (b *Bitbucket) checkClient(c Client) map[string]string {
	problems := map[string]string{}
	if c.Name == "" {
		problems["name"] = errNoClientName.Error()
	}
	if why := b.checkRedirect(c.Redirect); why != "" {
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
func (b *Bitbucket) saveClient(id string, c Client) (Client, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var target *link
	for _, l := range b.links {
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
		b.links = append(b.links, target)
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
func (b *Bitbucket) findClient(id string) *Client {
	if b.faults.on(NoConsumer) {
		return nil
	}
	for _, l := range b.links {
		if l.client != nil && l.client.ID == id {
			return l.client
		}
	}
	return nil
}

// dropClient forgets what users granted to a link's client. It needs the lock.
func (b *Bitbucket) dropClient(l *link) {
	if l.client == nil {
		return
	}
	b.dropGrants(func(g *grant) bool { return g.client == l.client.ID })
	maps.DeleteFunc(b.codes, func(_ string, c *code) bool { return c.client == l.client.ID })
}

// Clients returns the incoming OAuth 2 links, oldest first.
func (b *Bitbucket) Clients() []Client {
	var all []Client
	for _, l := range b.allLinks() {
		if l.client != nil {
			c := *l.client
			c.Scopes = slices.Clone(c.Scopes)
			all = append(all, c)
		}
	}
	return all
}

// ChangeClient changes the link of a client that [Bitbucket.Clients] returned.
func (b *Bitbucket) ChangeClient(c Client) (Client, error) { return b.saveClient(c.link, c) }

// AddClient makes an incoming OAuth 2 link, as if an admin had filled in the
// form, and returns it with what was made for it. The https rules hold.
func (b *Bitbucket) AddClient(c Client) (Client, error) {
	if c.ID == "" {
		c.ID = web.RandomFrom(hexDigits, 32)
	}
	if c.Name == "" {
		c.Name = c.ID
	}
	for _, problem := range b.checkClient(c) {
		return Client{}, fmt.Errorf("adding a client: %s", problem)
	}
	saved, err := b.saveClient("", c)
	if err != nil {
		return Client{}, fmt.Errorf("adding a client: %w", err)
	}
	return saved, nil
}

// RemoveClient deletes the link with that client ID and all that users granted
// to it. It reports whether there was one.
func (b *Bitbucket) RemoveClient(id string) bool {
	for _, c := range b.Clients() {
		if c.ID == id {
			return b.deleteLink(c.link)
		}
	}
	return false
}
