package finding

// Refusals of OAuth 2; errors of RFC 6749 where they have a name.
var (
	// InvalidClient: invalid_client.
	InvalidClient = define1("AL-OAUTH2-001", "id")
	// CodeRejected: invalid_grant for an authorization code.
	CodeRejected = define1("AL-OAUTH2-002", "age")
	// RefreshRejected: invalid_grant for a refresh token.
	RefreshRejected = define0("AL-OAUTH2-003")
	// RefreshInterrupted: invalid_grant after a refresh whose answer was never read.
	RefreshInterrupted = define1("AL-OAUTH2-004", "at")
	// RedirectMismatch: the redirect URL is not the registered one.
	RedirectMismatch = define1("AL-OAUTH2-005", "redirect")
	// InvalidScope: invalid_scope.
	InvalidScope = define1("AL-OAUTH2-006", "scope")
	// OAuth2AccessDenied: access_denied.
	OAuth2AccessDenied = define0("AL-OAUTH2-007")
	// GrantUnsupported: unsupported_grant_type, unsupported_response_type or unauthorized_client.
	GrantUnsupported = define0("AL-OAUTH2-008")
	// OAuth2NotFound: 404 at an endpoint of OAuth 2.
	OAuth2NotFound = define1("AL-OAUTH2-009", "url")
	// RefreshInconclusive: a refresh that ended without a clear answer.
	RefreshInconclusive = define1("AL-OAUTH2-010", "status")
	// OAuth2TokenResponseInvalid: an answer of the token endpoint without a usable token.
	OAuth2TokenResponseInvalid = define1("AL-OAUTH2-011", "missing")
	// StateMismatch: an address of another sign-in.
	StateMismatch = define0("AL-OAUTH2-012")
	// CodeExpired: invalid_grant for an address that was pasted late.
	CodeExpired = define1("AL-OAUTH2-013", "age")
	// OAuth2CallbackTimeout: nobody came back to the listener in time.
	OAuth2CallbackTimeout = define1("AL-OAUTH2-014", "after")
	// AccessTokenInvalid: a fresh access token is not taken.
	AccessTokenInvalid = define1("AL-OAUTH2-015", "status")
	// OAuth2UserUnknown: the token works, but Bitbucket does not tell for whom.
	OAuth2UserUnknown = define0("AL-OAUTH2-016")
	// OAuth2CallbackPortTaken: the https listener for the way back cannot be opened.
	OAuth2CallbackPortTaken = define1("AL-OAUTH2-017", "address")
	// OAuth2RefusedWithoutReason: a refusal without an error that is known.
	OAuth2RefusedWithoutReason = define1("AL-OAUTH2-018", "status")
	// SecretUntested: a warning: the server does not allow to test the client secret before a
	// sign-in.
	SecretUntested = define1("AL-OAUTH2-019", "id")
	// OAuth2ErrorPage: an error page in place of the question; client is "right", "unknown" or
	// empty.
	OAuth2ErrorPage = define5("AL-OAUTH2-020", "id", "redirect", "client", "title", "status")
	// ErrorPage: an error page in place of the question, told by the user.
	ErrorPage = define0("AL-OAUTH2-021")
	// OAuth2CallbackUnusable: the browser came back, but with an answer of no use.
	OAuth2CallbackUnusable = define2("AL-OAUTH2-022", "after", "what")
)
