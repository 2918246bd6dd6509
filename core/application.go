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
	Group    string // heading in the list of applications; "" belongs to the one before
	About    string // a line beside its name there
	LinkName string // name to give the link in Bitbucket: "Private Packagist"; "" means the integration's name
	Vendor   string // whose rules apply: "Private Packagist"; "" for one's own
	URL      string // fixed application URL; "" when the admin states it
	Holder   Holder
	Purpose  Purpose // what all its links are for; "" when the admin states it

	// DefaultName proposes the integration's name.
	DefaultName string
	// LoginLink says whether the application hands out a login link that the
	// admin pastes ("paste"), has one of the admin's own choosing ("own"), or
	// has none ("").
	LoginLink string
	// Profiles tell what it wants of a link, by the protocols that it knows.
	Profiles map[OAuth]Profile
	// Rules of the application about OAuth versions, see rules.go.
	Rules []Rule
}

// Profile is what an application wants of a link over one protocol. In its URLs {app} is
// the application's URL, {base} Bitbucket's and {slug} the integration's short name.
type Profile struct {
	LinkURL string // the Application URL of the link; "" for the application's own
	// Callback is the expected Redirect URL of an OAuth 2 link; "" when the admin states it.
	Callback string
	// ConsumerCallback goes into the field of that name over OAuth 1; "" leaves it empty.
	ConsumerCallback string
	// Outgoing are the fields of the dialog "Link applications" that must not stay empty,
	// by [OutgoingFields], over OAuth 1.
	Outgoing map[string]string
	// IncomingLink: "Create incoming link" is ticked there, so that the dialog goes on to
	// the fields of the Incoming Authentication.
	IncomingLink bool
	// TwoLegged and Impersonation are boxes of the Incoming Authentication, ExecuteAs says
	// which account goes into its field of that name.
	TwoLegged     bool
	Impersonation bool
	ExecuteAs     string
	// Permissions are the boxes to tick on an OAuth 2 link, by purpose:
	// "Repositories: Read". None means: tick nothing.
	Permissions map[Purpose][]string
	// Open are the answers that the application's documentation leaves open: they are
	// asked, and what is proposed is called uncertain. Unsure says so in a sentence.
	Open   []Field
	Unsure string

	// Export is the kind of export in which the application takes its credentials, and
	// Snippet the text of its configuration for the kind "snippet", see package auth.
	Export  string
	Snippet string
	// Form, Deliver and Finish are Markdown, templates as a guide page: what is to be done
	// in the application at first, how it gets the credentials, and how they come to be
	// used. Trouble are the causes of a sign-in there that fails, a line each.
	Form    string
	Deliver string
	Finish  string
	Trouble []string
	SignIn  string   // URL at which a user signs in; "" when it is not known
	Copy    []string // values to copy into the application, by the names that pages use

	Source  string // who says so
	TrueFor string // the version or date of the source
}

// Export kinds that hold all values of a link, not the key alone; those of the key alone
// are the forms of package seal.
const (
	ExportSnippet    = "snippet"           // the application's own configuration, see [Profile]
	ExportEnv        = "env"               // NAME=VALUE lines, the private key in base64
	ExportKubernetes = "kubernetes-secret" // a Secret in YAML
	ExportJSON       = "json"
)

// SnippetPlaces are the names of the values that a [Profile] can put into its snippet, as
// {base-url}. Of the keys {private-key:FORM} and {public-key:FORM} name the form of package
// seal; without it the private key is PKCS#8 and the public one SPKI, as PEM. The form line
// is that PEM without its BEGIN, its END and its line ends. A value between double quotes is
// escaped as in JSON.
func SnippetPlaces() []string {
	return []string{"app-url", "base-url", "scheme", "host", "hostname", "port", "context-path", "callback",
		"client-id", "client-secret", "private-key", "public-key"}
}

// SnippetPlace matches a place in a snippet: its name and its form.
var SnippetPlace = Pattern(`\{([a-z-]+)(?::([a-z0-9-]+))?\}`)

// OutgoingFields are the fields of the dialog "Link applications" beside the name.
func OutgoingFields() []string {
	return []string{"service-provider-name", "consumer-key", "shared-secret", "request-token-url", "access-token-url", "authorize-url"}
}

// InSentence returns the name for use mid-sentence.
func (a Application) InSentence() string { return cmp.Or(a.Mention, a.Name) }
