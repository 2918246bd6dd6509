package bitbucket

import (
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
func (s *store) userNamed(name string) *User {
	for i := range s.users {
		if strings.EqualFold(s.users[i].Name, name) {
			return &s.users[i]
		}
	}
	return nil
}

// checkPassword returns the user, or nil.
func (s *store) checkPassword(name, password string) *User {
	u := s.userNamed(name)
	if u == nil || !web.Same(u.Password, password) {
		return nil
	}
	return u
}

// lockout is why an account is not let in although what it sent is right.
type lockout struct {
	exception string // below com.atlassian.bitbucket.auth
	message   string
}

// lockout is nil for a user who may log in. The words for a deactivated user are
// nobody's; those for one without a licence are Bitbucket's.
func (u *User) lockout() *lockout {
	switch {
	case u.Inactive:
		return &lockout{"InactiveUserAuthenticationException", "The user " + u.Name + " is inactive."}
	case u.Unlicensed:
		return &lockout{"NoAccessAuthenticationException", "You are not currently licensed to use Bitbucket.\nPlease contact your administrator to be given access."}
	}
	return nil
}

// lockedOut is for what programs send in a user's name; the faults leave the pages
// as they are.
func (s *store) lockedOut(u *User) *lockout {
	struck := *u
	struck.Inactive = u.Inactive || s.faults.on(NotActive)
	struck.Unlicensed = u.Unlicensed || s.faults.on(NoLicence)
	return struck.lockout()
}

// asksCaptcha reports whether somebody has to solve a CAPTCHA before a password of
// theirs is looked at.
func (s *store) asksCaptcha(u *User) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return u != nil && s.faults.on(Captcha) && !s.solved[u.ID]
}
