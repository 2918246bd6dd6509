//lint:file-ignore ST1005 these are the server's own messages, word for word

package bitbucket

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"applink/core/practice/web"
)

// link is an application link.
type link struct {
	id       string
	name     string
	url      string // display URL
	rpcURL   string
	typeID   string // "generic"
	consumer *Consumer
	outgoing outgoing
	client   *Client // of an incoming OAuth 2 link, which has no URL
}

// outgoing is what the admin typed about calls from Bitbucket. Practice keeps
// it and does nothing with it.
type outgoing struct {
	ProviderName, ConsumerKey, SharedSecret    string
	RequestTokenURL, AccessTokenURL, Authorize string
}

// Reasons not to save a link.
var (
	errURLTaken  = errors.New("An application link with this URL exists already.")
	errNameTaken = errors.New("An application link with this name exists already.")
	errNoName    = errors.New("Please enter an application name.")
	errKeyTaken  = errors.New("This consumer key exists already.")
)

// linkTypes are the application types of "Link applications".
var linkTypes = []struct{ ID, Name string }{
	{"generic", "Generic Application"}, {"bamboo", "Bamboo"}, {"stash", "Bitbucket Server"}, {"confluence", "Confluence"},
	{"crowd", "Crowd"}, {"fecru", "FishEye / Crucible"}, {"jira", "Jira"},
}

func typeName(id string) string {
	for _, t := range linkTypes {
		if t.ID == id {
			return t.Name
		}
	}
	return ""
}

// addLink saves a new link. The caller holds no lock.
func (s *store) addLink(name, appURL, typeID string) (*link, error) {
	name, appURL = strings.TrimSpace(name), strings.TrimSpace(appURL)
	switch u, err := url.Parse(appURL); {
	case name == "":
		return nil, errNoName
	case err != nil || u.Host == "" || !isHTTP(u.Scheme):
		return nil, fmt.Errorf("%q is not a valid URL.", appURL)
	case typeName(typeID) == "":
		return nil, fmt.Errorf("%q is not a known application type.", typeID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		switch {
		case sameURL(l.rpcURL, appURL):
			return nil, errURLTaken
		case strings.EqualFold(l.name, name):
			return nil, errNameTaken
		}
	}
	l := &link{id: newLinkID(), name: name, url: appURL, rpcURL: appURL, typeID: typeID}
	s.links = append(s.links, l)
	return l, nil
}

func sameURL(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

// newLinkID makes an id in the shape of a UUID.
func newLinkID() string {
	const hex = "0123456789abcdef"
	return web.RandomFrom(hex, 8) + "-" + web.RandomFrom(hex, 4) + "-3" + web.RandomFrom(hex, 3) + "-a" + web.RandomFrom(hex, 3) + "-" + web.RandomFrom(hex, 12)
}

// linkWithID returns a copy of a link.
func (s *store) linkWithID(id string) (link, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		if l.id == id {
			return *l, true
		}
	}
	return link{}, false
}

// changeLink runs change on a link under the lock, and reports whether there
// is such a link.
func (s *store) changeLink(id string, change func(*link)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		if l.id == id {
			change(l)
			return true
		}
	}
	return false
}

// classicLinks are those that the REST resources of Application Links know.
func (s *store) classicLinks() []link {
	return slices.DeleteFunc(s.allLinks(), func(l link) bool { return l.client != nil })
}

// allLinks returns copies, oldest first.
func (s *store) allLinks() []link {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []link
	for _, l := range s.links {
		all = append(all, *l)
	}
	return all
}

// deleteLink removes a link with its consumer or client and their tokens.
func (s *store) deleteLink(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.links, func(l *link) bool { return l.id == id })
	if i < 0 {
		return false
	}
	s.dropConsumer(s.links[i])
	s.dropClient(s.links[i])
	s.links = slices.Delete(s.links, i, i+1)
	return true
}

// isPrimary reports whether a link is the first of its type.
func (s *store) isPrimary(l link) bool {
	for _, other := range s.classicLinks() {
		if other.typeID == l.typeID {
			return other.id == l.id
		}
	}
	return false
}
