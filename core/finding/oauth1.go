package finding

// Refusals of OAuth 1; most are problems of the OAuth Problem Reporting extension.
var (
	// UnknownConsumerKey: consumer_key_unknown.
	UnknownConsumerKey = define1("AL-OAUTH-001", "key")
	// PublicKeyMismatch: signature_invalid over the same base string; cause is "key", or "unknown"
	// when the server did not send its base string.
	PublicKeyMismatch = define2("AL-OAUTH-002", "key", "cause")
	// BaseStringMismatch: signature_invalid over another base string, as behind a proxy that is not
	// configured.
	BaseStringMismatch = define3("AL-OAUTH-003", "part", "ours", "theirs")
	// KeySizeMismatch: a signature of another length than the registered key demands; said is the
	// server's text, held the size that it holds.
	KeySizeMismatch = define3("AL-OAUTH-004", "bits", "said", "held")
	// ConsumerNotPermitted: permission_denied for a request token: users may not sign in through
	// this link.
	ConsumerNotPermitted = define1("AL-OAUTH-005", "key")
	// NonceUsed: nonce_used.
	NonceUsed = define0("AL-OAUTH-006")
	// ClockSkew: timestamp_refused; or, as a warning, clocks that are too far apart.
	ClockSkew = define5("AL-OAUTH-007", "difference", "from", "to", "theirs", "ours")
	// SignatureMethodRejected: signature_method_rejected.
	SignatureMethodRejected = define0("AL-OAUTH-008")
	// ParameterAbsent: parameter_absent.
	ParameterAbsent = define1("AL-OAUTH-009", "names")
	// TokenRejected: token_rejected.
	TokenRejected = define0("AL-OAUTH-010")
	// TokenExpired: token_expired.
	TokenExpired = define0("AL-OAUTH-011")
	// AccessDenied: the user denied access.
	AccessDenied = define0("AL-OAUTH-012")
	// WrongVerifier: token_rejected for a code that was typed; unsent tells why a code was not even
	// sent.
	WrongVerifier = define1("AL-OAUTH-013", "unsent")
	// AuthorizationPending: permission_unknown: the user has not decided yet.
	AuthorizationPending = define0("AL-OAUTH-014")
	// RefusedWithoutReason: a refusal with no problem, or one that is not known.
	RefusedWithoutReason = define3("AL-OAUTH-015", "status", "message", "echo")
	// TokenResponseInvalid: the answer holds no token and no problem.
	TokenResponseInvalid = define0("AL-OAUTH-016")
	// NoVerificationCode: Bitbucket shows no code to type.
	NoVerificationCode = define0("AL-OAUTH-017")
	// TokenUsed: token_used.
	TokenUsed = define0("AL-OAUTH-018")
	// CallbackTimeout: nobody came back to the listener in time.
	CallbackTimeout = define1("AL-OAUTH-019", "after")
	// UserUnknown: a signed call works, but Bitbucket does not tell for whom.
	UserUnknown = define0("AL-OAUTH-020")
	// SignedCallHTML: a web page answers a signed call.
	SignedCallHTML = define2("AL-OAUTH-021", "url", "title")
	// OAuth1Unavailable: the Go runtime refuses RSA with SHA-1, as in FIPS mode.
	OAuth1Unavailable = define0("AL-OAUTH-023")
	// CallbackPortTaken: the listener for the way back cannot be opened.
	CallbackPortTaken = define1("AL-OAUTH-024", "address")
	// CallbackUnusable: the browser came back, but with an answer of no use.
	CallbackUnusable = define2("AL-OAUTH-026", "after", "what")
	// ParameterRejected: parameter_rejected.
	ParameterRejected = define2("AL-OAUTH-027", "names", "advice")
	// VersionRejected: version_rejected.
	VersionRejected = define1("AL-OAUTH-028", "versions")
	// TokenRevoked: token_revoked.
	TokenRevoked = define0("AL-OAUTH-029")
	// CallbackUnconfirmed: a request token without oauth_callback_confirmed=true.
	CallbackUnconfirmed = define0("AL-OAUTH-030")
	// SignInThroughFailed: a sign-in through the application failed, by the admin's word;
	// with up to four causes that are known of it.
	SignInThroughFailed = define5("AL-OAUTH-031", "application", "cause-1", "cause-2", "cause-3", "cause-4")
)
