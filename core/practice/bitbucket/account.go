package bitbucket

import "net/http"

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
func (b *Bitbucket) lockedOut(u *User) *lockout {
	struck := *u
	struck.Inactive = u.Inactive || b.faults.on(NotActive)
	struck.Unlicensed = u.Unlicensed || b.faults.on(NoLicence)
	return struck.lockout()
}

// letIn reports whether a user may go on, and else has answered.
func (b *Bitbucket) letIn(w http.ResponseWriter, r *http.Request, u *User) bool {
	why := b.lockedOut(u)
	if why != nil {
		b.failAccount(w, r, *why)
	}
	return why == nil
}

// failAccount is the 401 of an account that is not let in.
func (b *Bitbucket) failAccount(w http.ResponseWriter, r *http.Request, why lockout) {
	class := "com.atlassian.bitbucket.auth." + why.exception
	b.refuse(r, http.StatusUnauthorized, why.exception)
	writeRESTError(w, http.StatusUnauthorized, nil, why.message, &class)
}

// failLogin is the 401 of credentials that are not valid.
func (b *Bitbucket) failLogin(w http.ResponseWriter, r *http.Request, why string) {
	b.refuse(r, http.StatusUnauthorized, why)
	class := "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"
	writeRESTError(w, http.StatusUnauthorized, nil, "Authentication failed. Please check your credentials and try again.", &class)
}

// captchaWord is what the login form asks for. A picture would be no exercise.
const captchaWord = "practice"

// asksCaptcha reports whether somebody has to solve a CAPTCHA before a password of
// theirs is looked at.
func (b *Bitbucket) asksCaptcha(u *User) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return u != nil && b.faults.on(Captcha) && !b.solved[u.ID]
}

// failCaptcha refuses a password of HTTP Basic. Both forms were recorded.
func (b *Bitbucket) failCaptcha(w http.ResponseWriter, r *http.Request) {
	if b.o.REST.CaptchaStatus != http.StatusForbidden {
		b.failAccount(w, r, lockout{"CaptchaRequiredAuthenticationException",
			"A CAPTCHA has to be solved. Log in in the browser, then try again."})
		return
	}
	b.refuse(r, http.StatusForbidden, "CAPTCHA_CHALLENGE")
	w.Header().Set("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url="+b.base(r)+"/login")
	w.WriteHeader(http.StatusForbidden)
}
