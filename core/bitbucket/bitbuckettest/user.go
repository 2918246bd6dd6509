package bitbuckettest

import (
	"net/http"
	"strings"
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
	if u == nil || !sameString(u.Password, password) {
		return nil
	}
	return u
}

// caller is who sends a request, and how that is known.
type caller struct {
	user *User // nil for anonymous
	via  string
}

// How a caller proved who it is.
const (
	viaNothing = ""
	viaSession = "session"
	viaBasic   = "basic"
	viaOAuth   = "oauth"
)

type callerKey struct{}

// callerOf returns what ServeHTTP found out.
func callerOf(r *http.Request) caller {
	who, _ := r.Context().Value(callerKey{}).(caller)
	return who
}

// identify finds out who is calling: an OAuth signature before HTTP Basic
// before a session. It reports false when it has already answered.
func (b *Bitbucket) identify(w *response, r *http.Request) (caller, bool) {
	if !b.oauthBypassed(r) {
		if who, asked, ok := b.identifyByOAuth1(w, r); asked {
			return who, ok
		}
	}
	if name, password, ok := r.BasicAuth(); ok {
		u := b.checkPassword(name, password)
		if u == nil {
			b.refuse(r, http.StatusUnauthorized, "wrong user name or password")
			class := "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"
			writeRESTError(w, http.StatusUnauthorized, nil, "Authentication failed. Please check your credentials and try again.", &class)
			return caller{}, false
		}
		return caller{u, viaBasic}, true
	}
	if u, ok := b.sessions.get(r); ok {
		return caller{u, viaSession}, true
	}
	return caller{}, true
}

// oauthBypassed names the WebDAV clients for which the OAuth filter steps
// aside.
func (b *Bitbucket) oauthBypassed(r *http.Request) bool {
	agent := r.UserAgent()
	return strings.Contains(agent, "WebDAVFS") || strings.Contains(agent, "Microsoft-WebDAV-MiniRedir")
}
