package bitbucket

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Consumer is an incoming OAuth 1 authentication: what the admin typed under
// "Incoming Authentication" of an application link.
type Consumer struct {
	ID             string // of the application link; given by the server
	Key            string
	Name           string
	Description    string
	PublicKey      string // a key or a certificate, as the admin page takes it
	Callback       string // "Consumer Callback URL"
	ApplicationURL string // of the application link
	LinkName       string // of the application link; Name when empty

	NoThreeLO     bool   // three-legged OAuth switched off
	TwoLO         bool   // "Allow 2-Legged OAuth"
	ExecuteAs     string // user of two-legged calls; empty for anonymous
	Impersonation bool   // "Allow user impersonation through 2-Legged OAuth"

	rsa *rsa.PublicKey
}

// setConsumer saves the incoming authentication of a link. Tokens of a consumer
// key that is given up are deleted.
func (s *store) setConsumer(id string, c Consumer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var target *link
	for _, l := range s.links {
		if l.id == id {
			target = l
		} else if l.consumer != nil && l.consumer.Key == c.Key {
			return errKeyTaken
		}
	}
	if target == nil {
		return fmt.Errorf("there is no application link %q", id)
	}
	if old := target.consumer; old != nil && old.Key != c.Key {
		s.dropConsumer(target)
	}
	c.ID, c.ApplicationURL, c.LinkName = target.id, target.url, target.name
	target.consumer = &c
	return nil
}

// removeConsumer switches incoming authentication of a link off.
func (s *store) removeConsumer(id string) bool {
	return s.changeLink(id, s.dropConsumer)
}

// dropConsumer needs the lock.
func (s *store) dropConsumer(l *link) {
	if l.consumer == nil {
		return
	}
	for value, t := range s.tokens {
		if t.consumer == l.consumer.Key {
			delete(s.tokens, value)
		}
	}
	l.consumer = nil
}

// findConsumer needs the lock. It returns nil for a key that is not known.
func (s *store) findConsumer(key string) *Consumer {
	if s.faults.on(NoConsumer) {
		return nil
	}
	return s.registered(key)
}

func (s *store) registered(key string) *Consumer {
	for _, l := range s.links {
		if l.consumer != nil && l.consumer.Key == key {
			return l.consumer
		}
	}
	return nil
}

// Consumers returns the incoming OAuth 1 links, oldest first.
func (s *store) Consumers() []Consumer {
	var all []Consumer
	for _, l := range s.allLinks() {
		if l.consumer != nil {
			all = append(all, *l.consumer)
		}
	}
	return all
}

// AddConsumer makes a link with incoming authentication, as if an admin had
// clicked through the pages, and returns the link's id. The application URL may
// be left out.
func (s *store) AddConsumer(c Consumer) (id string, err error) {
	if c.Key == "" {
		return "", errors.New("adding a consumer: the consumer key is required")
	}
	if c.rsa, err = parseFormKey(c.PublicKey); err != nil {
		return "", fmt.Errorf("adding a consumer: reading its public key: %w", err)
	}
	if c.Name == "" {
		c.Name = c.Key
	}
	if c.LinkName == "" {
		c.LinkName = c.Name
	}
	if c.ApplicationURL == "" {
		c.ApplicationURL = "https://" + url.PathEscape(strings.ToLower(c.Key)) + ".example"
	}
	l, err := s.addLink(c.LinkName, c.ApplicationURL, "generic")
	if err != nil {
		return "", fmt.Errorf("adding a consumer: %w", err)
	}
	if err := s.setConsumer(l.id, c); err != nil {
		s.deleteLink(l.id)
		return "", fmt.Errorf("adding a consumer: %w", err)
	}
	return l.id, nil
}

// RemoveConsumer deletes the link with that consumer key and its tokens. It
// reports whether there was one.
func (s *store) RemoveConsumer(key string) bool {
	for _, c := range s.Consumers() {
		if c.Key == key {
			return s.deleteLink(c.ID)
		}
	}
	return false
}
