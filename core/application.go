package core

import "cmp"

// Holder says who owns the secret half of a link's credentials. It decides whether
// applink ever stores that half.
type Holder string

// The holders.
const (
	HeldHere          Holder = "here"        // applink makes and keeps the private key
	HeldByApplication Holder = "application" // the application made the pair; we carry the public half
)

// Application is a program that will use Bitbucket. Applications are data: one file
// each under assets/application, read by core/guide.
type Application struct {
	ID       string // file name without extension: "packagist-cloud"
	Name     string // "Private Packagist Cloud"
	Mention  string // what to call it inside a sentence where Name does not fit: "your own application"
	LinkName string // name to give the link in Bitbucket: "Private Packagist"; "" means the integration's name
	Vendor   string // whose rules apply: "Private Packagist"; "" for one's own
	URL      string // fixed application URL; "" when the admin states it
	Holder   Holder

	// DefaultName proposes the integration's name.
	DefaultName string
	// Callback is the expected Redirect URL of an OAuth 2 link, with {app} and
	// {slug}; "" when the admin states it.
	Callback string
	// Export is the kind of export that the application wants its credentials in, see
	// package seal; "" when nothing is said.
	Export string
	// Permissions are the boxes to tick on an OAuth 2 link, by purpose:
	// "Repositories: Read". None means: tick nothing.
	Permissions map[Purpose][]string
	// LoginLink says whether the application hands out a login link that the
	// admin pastes ("paste"), has one of the admin's own choosing ("own"), or
	// has none ("").
	LoginLink string
	// Finish says whether the set-up ends with a sign-in through the application.
	Finish bool
	// Rules of the application about OAuth versions, see rules.go.
	Rules []Rule
}

// InSentence returns the name for use mid-sentence.
func (a Application) InSentence() string { return cmp.Or(a.Mention, a.Name) }
