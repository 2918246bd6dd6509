package core

import "time"

// Facts are the known facts about an integration or about one of its links. The
// zero value is empty and usable.
type Facts struct {
	Answers map[Field]Answer
	Checks  map[CheckName]Outcome // the latest of each check
	Proofs  map[CheckName]Outcome // of checks that passed and did not since: the latest that passed
	Words   map[StepID]Word
}

// Proof returns the latest passed outcome of a check, whatever later outcomes say.
func (f Facts) Proof(n CheckName) (Outcome, bool) {
	if o, ok := f.Checks[n]; ok && o.State == Passed {
		return o, true
	}
	o, ok := f.Proofs[n]
	return o, ok
}

// Field names one answer. It is also the name of the flag that gives the answer
// without a screen, and the name of the value in the pages.
type Field string

// The questions of the set-up.
const (
	FieldApplication      Field = "application"       // id of an application, see [Application]
	FieldAppURL           Field = "app-url"           // URL of the application, where it is not fixed
	FieldName             Field = "name"              // name of the integration
	FieldPurpose          Field = "purpose"           // a [Purpose]
	FieldPlatform         Field = "platform"          // a [Platform]
	FieldBaseURL          Field = "base-url"          // Bitbucket's base URL, context path included
	FieldCAFile           Field = "ca-file"           // further certificate authorities as PEM, optional; given as the path of a file
	FieldVersion          Field = "bitbucket-version" // stated by the admin when it cannot be read
	FieldOAuth            Field = "oauth"             // an [OAuth]
	FieldKeyOrigin        Field = "key-origin"        // a [KeyOrigin]
	FieldKeyBits          Field = "key-bits"          // size of the RSA key that applink makes
	FieldClientID         Field = "client-id"         // Consumer Key in Bitbucket's OAuth 1 form
	FieldPublicKey        Field = "public-key"        // PEM of a key or a certificate
	FieldPrivateKey       Field = "private-key"       // of an OAuth 1 link, made elsewhere; never stored as an answer, its public half is
	FieldCallback         Field = "callback"          // Redirect URL(s) of an OAuth 2 link
	FieldPermissions      Field = "permissions"       // boxes to tick on an OAuth 2 link, comma-separated, or [NoPermissions]
	FieldSecret           Field = "client-secret"     // of an OAuth 2 link; the answer tells that it is kept, the value is sealed
	FieldConsumerCallback Field = "consumer-callback" // Consumer Callback URL of an OAuth 1 link, mostly empty
	FieldTwoFactor        Field = "two-factor"        // "yes", "no" or "unknown": is the two-factor app installed
	FieldKeepTokens       Field = "keep-tokens"       // "yes": keep what the sign-in of a link that takes over is granted
	FieldLoginLink        Field = "login-link"        // URL that users open to sign in

	FieldSynchronized Field = "synchronized" // "yes": a synchronization ran since the link was superseded
)

// KeyOrigin says where the key pair of an OAuth 1 link comes from.
type KeyOrigin string

// The origins of a key.
const (
	KeyMade    KeyOrigin = "make"        // applink makes it
	KeyBrought KeyOrigin = "have"        // the admin has it, and gives applink the private half
	KeyThere   KeyOrigin = "application" // the application has it, and shows the public half
)

// NoPermissions is the answer that no box is to be ticked.
const NoPermissions = "nothing"

// Answer is what the admin entered for one field, already normalised.
type Answer struct {
	Value string
	At    time.Time
}

// StepID names a step of the set-up; the guide page of the step has the same
// name.
type StepID string

// Word is the admin's statement that a step is done. It is shown as "said",
// never as "proved". On a step with a check it means "go on without proof".
type Word struct {
	At time.Time
}

// Platform is the kind of Bitbucket.
type Platform string

// Bitbucket Cloud is known only to be turned away with the reason.
const (
	PlatformDataCenter Platform = "data-center" // Bitbucket Data Center or Server
	PlatformCloud      Platform = "cloud"       // bitbucket.org
)

// Purpose says what the link is for; it decides which OAuth versions an
// application allows.
type Purpose string

// The two purposes.
const (
	PurposeSignIn Purpose = "sign-in"
	PurposeSync   Purpose = "sync" // sign-in and synchronization
)

// String returns the words that people read.
func (p Purpose) String() string {
	switch p {
	case PurposeSignIn:
		return "sign-in only"
	case PurposeSync:
		return "sign-in and synchronization"
	}
	return string(p)
}
