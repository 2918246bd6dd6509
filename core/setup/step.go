package setup

import (
	"slices"

	"applink/core"
)

// The steps of the set-up, in the order of the written procedure.
const (
	Application core.StepID = "application"
	Platform    core.StepID = "platform"
	BaseURL     core.StepID = "base-url"
	OAuth       core.StepID = "oauth-version"
	Form        core.StepID = "form"
	Keys        core.StepID = "keys"
	Callback    core.StepID = "callback"
	CreateLink  core.StepID = "create-link"
	ConfirmURL  core.StepID = "confirm-url"
	Describe    core.StepID = "describe-link"
	Incoming    core.StepID = "incoming"
	Credentials core.StepID = "credentials"
	TwoFactor   core.StepID = "two-factor"
	Authorize   core.StepID = "authorize"
	Deliver     core.StepID = "deliver"
	Finish      core.StepID = "finish"
	LoginLink   core.StepID = "login-link"
	Done        core.StepID = "done"

	Retire core.StepID = "retire" // of a link that was superseded
)

// Step is one documented action: in Bitbucket, in the application, or here.
type Step struct {
	ID      core.StepID
	OAuth   core.OAuth        // the protocol that it belongs to; "" for both
	Applies func(*State) bool // nil: always
	Asks    []Question
	// Shows tells whether the step has a page to be read and confirmed after its
	// questions; nil: yes.
	Shows func(*State) bool
	Needs Need // what proves the step; the zero Need means the admin's word
	// DependsOn are the answers that the step's word and check rest on.
	DependsOn []core.Field
	// On is the step on whose page this one is told, too: what is done in one go, in one
	// place, is one page. Confirming that page says both.
	On core.StepID
	// Granted: over OAuth 2 it rests on the purpose, too, which tells the permissions of the link.
	Granted bool
	// OfLink puts the step's facts with the link; the others belong to the
	// integration and survive a migration.
	OfLink bool
	// Superseded steps are about a link that another one took over from. They stand
	// aside of the walk: only who looks through that link meets them, see [Links.For].
	Superseded bool
	// Hands marks the step at which the application gets its secret half from here, Signs
	// that at which somebody signs in through the application.
	Hands, Signs bool
	// Last marks the summary, which is never left.
	Last bool
}

// Need is the check that completes a step.
type Need struct {
	Check core.CheckName
	// Repeats: the check waits for something that the admin does elsewhere, so
	// it is asked again, gently, until it passes.
	Repeats bool
	// Dance: the check needs the admin in a browser.
	Dance bool
}

var linkBasis = []core.Field{core.FieldApplication, core.FieldAppURL, core.FieldBaseURL, core.FieldOAuth}

var keyBasis = append([]core.Field{core.FieldClientID, core.FieldPublicKey}, linkBasis...)

var secretBasis = append([]core.Field{core.FieldClientID, core.FieldSecret, core.FieldCallback}, linkBasis...)

// steps is the whole procedure. Its order is the order of the screens. What only tells
// how to make a link does not apply to one that was set up by hand: it exists.
var steps = []Step{
	{ID: Application, Shows: never, Asks: []Question{
		{Field: core.FieldApplication, Kind: Choice, Options: applications},
		{Field: core.FieldAppURL, Kind: AppURL, Applies: appURLOpen, Form: aboutForm},
		{Field: core.FieldName, Kind: Name, Default: defaultName, Form: aboutForm},
		{Field: core.FieldPurpose, Kind: Choice, Options: purposes, Applies: purposeOpen, Default: fixed(string(core.PurposeSignIn)), Form: aboutForm},
	}},
	{ID: Platform, Shows: never, Asks: []Question{
		{Field: core.FieldPlatform, Kind: Choice, Options: platforms, Default: fixed(string(core.PlatformDataCenter)), Form: aboutForm},
	}},
	{ID: BaseURL, Needs: Need{Check: core.CheckReach},
		DependsOn: []core.Field{core.FieldBaseURL, core.FieldCAFile},
		Asks: []Question{
			{Field: core.FieldBaseURL, Kind: Base, Form: aboutForm},
			{Field: core.FieldCAFile, Kind: File, Optional: true, Applies: onRequest},
			{Field: core.FieldVersion, Kind: Version, Optional: true, Applies: versionUnread},
		}},
	{ID: OAuth, Shows: never, OfLink: true, Asks: []Question{
		{Field: core.FieldOAuth, Kind: Choice, Options: protocols, Default: usualProtocol, Settled: oneProtocol},
	}},
	{ID: Form, OfLink: true, Applies: both(heldByApplication, isNew), DependsOn: linkBasis},
	{ID: Keys, OfLink: true, OAuth: core.OAuth1, Shows: never,
		DependsOn: []core.Field{core.FieldClientID, core.FieldPublicKey, core.FieldKeyOrigin, core.FieldKeyBits, core.FieldOAuth},
		Asks: []Question{
			{Field: core.FieldKeyOrigin, Kind: Choice, Applies: choosesOrigin, Options: keyOrigins, Default: fixed(string(core.KeyMade)), Assumed: always},
			{Field: core.FieldKeyBits, Kind: Choice, Applies: makesKeys, Options: keySizes, Default: fixed("2048"), Settled: always},
			{Field: core.FieldPrivateKey, Kind: PrivateKey, Applies: both(importsKey, isNew), Keeps: core.FieldPublicKey},
			{Field: core.FieldClientID, Kind: ClientID, Settled: newHere, Form: keysForm},
			{Field: core.FieldPrivateKey, Kind: PrivateKey, Applies: both(importsKey, adopted), Keeps: core.FieldPublicKey},
			{Field: core.FieldPublicKey, Kind: PublicKey, Applies: heldByApplication, OptionalIf: adopted, Form: keysForm},
			{Field: core.FieldConsumerCallback, Kind: ConsumerCallback, Applies: mayCallBack, Optional: true, Default: usualConsumerCallback, Assumed: documented(core.FieldConsumerCallback)},
		}},
	{ID: Callback, OfLink: true, OAuth: core.OAuth2, DependsOn: linkBasis, Shows: never, Asks: []Question{
		{Field: core.FieldCallback, Kind: CallbackURL, Default: defaultCallback},
		{Field: core.FieldPermissions, Kind: Choice, Applies: isNew, Options: permissions, Default: usualPermissions, Assumed: documented(core.FieldPermissions)},
	}},
	{ID: CreateLink, OfLink: true, Applies: makesLink, DependsOn: linkBasis},
	{ID: ConfirmURL, On: CreateLink, OfLink: true, OAuth: core.OAuth1, Applies: makesLink, DependsOn: linkBasis},
	{ID: Describe, On: CreateLink, OfLink: true, OAuth: core.OAuth1, Applies: makesLink, DependsOn: linkBasis},
	{ID: Incoming, OfLink: true, OAuth: core.OAuth1, DependsOn: append([]core.Field{core.FieldConsumerCallback}, keyBasis...),
		Needs: Need{Check: core.CheckConsumer, Repeats: true}},
	{ID: Incoming, On: CreateLink, OfLink: true, OAuth: core.OAuth2, Applies: isNew, DependsOn: append([]core.Field{core.FieldCallback, core.FieldPermissions}, linkBasis...), Granted: true},
	{ID: Credentials, OfLink: true, OAuth: core.OAuth2, Shows: heldHere, DependsOn: secretBasis,
		Needs: Need{Check: core.CheckClient},
		Asks: []Question{
			{Field: core.FieldClientID, Kind: ClientID, Form: keysForm},
			{Field: core.FieldSecret, Kind: Secret, Applies: heldHere, Form: keysForm},
			{Field: core.FieldSecret, Kind: Secret, Applies: heldByApplication, Transient: true},
		}},
	{ID: TwoFactor, OfLink: true, Applies: both(throughApplication, isNew), Shows: twoFactorInstalled, DependsOn: []core.Field{core.FieldTwoFactor, core.FieldBaseURL},
		Asks: []Question{
			{Field: core.FieldTwoFactor, Kind: Choice, Options: yesNo, Default: fixed("unknown"), Settled: always},
		}},
	{ID: Authorize, OfLink: true, Applies: both(heldHere, isNew), DependsOn: slices.Concat(keyBasis, secretBasis), Granted: true,
		Needs: Need{Check: core.CheckIdentity, Dance: true},
		Asks: []Question{
			{Field: core.FieldKeepTokens, Kind: Choice, Applies: keepsTokens, Options: keepOrNot, Afresh: true},
		}},
	{ID: Deliver, OfLink: true, Hands: true, Applies: both(delivers, isNew), DependsOn: slices.Concat(keyBasis, secretBasis)},
	{ID: Finish, OfLink: true, Signs: true, Applies: both(throughApplication, isNew), DependsOn: linkBasis},
	{ID: LoginLink, Applies: hasLoginLink, DependsOn: []core.Field{core.FieldLoginLink, core.FieldApplication},
		Asks: []Question{
			{Field: core.FieldLoginLink, Kind: LoginURL, OptionalIf: loginLinkOptional, Settled: loginLinkOptional},
		}, Shows: never},
	{ID: Retire, OfLink: true, Superseded: true, Needs: Need{Check: core.CheckRetired, Repeats: true},
		Asks: []Question{
			{Field: core.FieldSynchronized, Kind: Choice, Applies: synchronizes, Options: synchronized, Afresh: true},
		}},
	{ID: Done, Last: true},
}

// Steps returns the whole table, for generated flags and tests.
func Steps() []Step { return append([]Step(nil), steps...) }
