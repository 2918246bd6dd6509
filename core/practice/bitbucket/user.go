package bitbucket

import (
	"net/http"
	"strings"

	"applink/core/practice/web"
)

// User is somebody who can log in.
type User struct {
	ID          int
	Name        string // what is typed at login; X-AUSERNAME
	Password    string
	Slug        string // Name when empty
	DisplayName string // Name when empty
	Email       string
	Admin       bool // system administrator
	Unlicensed  bool // may not log in, not even through OAuth
	Inactive    bool // deactivated, and not let in either
}

// defaultUsers are the people of every practice server: admin with password
// admin, and jane with password jane.
func defaultUsers() []User {
	return []User{
		{ID: 1, Name: "admin", Password: "admin", DisplayName: "Administrator", Email: "admin@example.com", Admin: true},
		{ID: 42, Name: "jane", Password: "jane", DisplayName: "Jane Doe", Email: "jane@example.com"},
	}
}

func (u *User) slug() string {
	if u.Slug != "" {
		return u.Slug
	}
	return u.Name
}

func (u *User) displayName() string {
	if u.DisplayName != "" {
		return u.DisplayName
	}
	return u.Name
}

// userNamed finds a user by name, as Bitbucket does without regard to case.
func (b *Bitbucket) userNamed(name string) *User {
	for i := range b.users {
		if strings.EqualFold(b.users[i].Name, name) {
			return &b.users[i]
		}
	}
	return nil
}

// checkPassword returns the user, or nil.
func (b *Bitbucket) checkPassword(name, password string) *User {
	u := b.userNamed(name)
	if u == nil || !web.Same(u.Password, password) {
		return nil
	}
	return u
}

// caller is who sends a request, and how that is known.
type caller struct {
	user   *User // nil for anonymous
	via    string
	scopes []string // of an OAuth 2 token
}

// reader is the user whose repositories the caller may see: nobody, for an
// OAuth 2 token that is for public ones only.
func (c caller) reader() *User {
	if c.via == viaBearer && !covers(c.scopes, scopeRead) {
		return nil
	}
	return c.user
}

// isAdmin tells whether the caller may administer the server. An OAuth 2 token
// needs the scope beside the user's right.
func (c caller) isAdmin() bool { return c.administers(scopeAdmin) }

func (c caller) administers(scope string) bool {
	return c.user != nil && c.user.Admin && (c.via != viaBearer || covers(c.scopes, scope))
}

// How a caller proved who it is.
const (
	viaNothing = ""
	viaSession = "session"
	viaBasic   = "basic"
	viaOAuth   = "oauth"
	viaBearer  = "bearer"
)

type callerKey struct{}

// callerOf returns what ServeHTTP found out.
func callerOf(r *http.Request) caller {
	who, _ := r.Context().Value(callerKey{}).(caller)
	return who
}

// identify finds out who is calling: an OAuth signature or token before
// HTTP Basic before a session. It reports false when it has already answered.
func (b *Bitbucket) identify(w *response, r *http.Request) (caller, bool) {
	if who, asked, ok := b.identifyByOAuth1(w, r); asked {
		return who, ok
	}
	if token, ok := bearerToken(r); ok {
		return b.identifyByBearer(w, r, token)
	}
	if name, password, ok := r.BasicAuth(); ok && !b.takesClientBasic(r) {
		return b.identifyByPassword(w, r, name, password)
	}
	if u, ok := b.sessions.Get(r); ok {
		return caller{user: u, via: viaSession}, true
	}
	return caller{}, true
}

// identifyByPassword reads HTTP Basic, in which an access token may stand in the
// place of the password.
func (b *Bitbucket) identifyByPassword(w *response, r *http.Request, name, password string) (caller, bool) {
	if strings.HasPrefix(r.URL.Path, "/rest/") && !b.o.OAuth2.BasicTokenOff {
		if g, good := b.accessGrant(password); good && g.user.Name == name {
			return b.withGrant(w, r, g)
		}
	}
	if b.asksCaptcha(b.userNamed(name)) {
		b.failCaptcha(w, r)
		return caller{}, false
	}
	u := b.checkPassword(name, password)
	if u == nil {
		b.failLogin(w, r, "wrong user name or password")
		return caller{}, false
	}
	return caller{user: u, via: viaBasic}, b.letIn(w, r, u)
}
