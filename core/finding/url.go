package finding

// URLs that people enter.
var (
	// BitbucketCloud: the address of Bitbucket Cloud, which has no Application Links.
	BitbucketCloud = define1("AL-URL-001", "url")
	// InvalidURL: text that cannot be read as a URL.
	InvalidURL = define1("AL-URL-002", "value")
	// PageNotBaseURL: the address of one of Bitbucket's pages; a suggestion goes with it.
	PageNotBaseURL = define2("AL-URL-003", "value", "base")
	// SchemeMissing: a host without https:// or http://; a suggestion goes with it.
	SchemeMissing = define2("AL-URL-004", "value", "base")
	// URLWithCredentials: a URL with a user name or a password before the @.
	URLWithCredentials = define0("AL-URL-005")
	// URLWithQuery: a base URL with a query or a fragment; a suggestion goes with it.
	URLWithQuery = define2("AL-URL-006", "value", "base")
	// NotALoginLink: a URL that is not a login link of the application.
	NotALoginLink = define2("AL-URL-007", "value", "host")
	// RedirectWithoutName: a redirect URL whose last path segment is empty.
	RedirectWithoutName = define1("AL-URL-008", "value")
	// RedirectUnexpected: a warning: another redirect URL than the application documents.
	RedirectUnexpected = define2("AL-URL-009", "value", "expected")
	// URLWithPlaceholder: a URL that was copied from documentation with its placeholder.
	URLWithPlaceholder = define2("AL-URL-010", "value", "part")
	// RedirectWithFragment: a redirect URL with a fragment, which RFC 6749, section 3.1.2, forbids.
	RedirectWithFragment = define2("AL-URL-011", "value", "base")
	// SeveralURLs: more than one URL in one answer.
	SeveralURLs = define1("AL-URL-012", "value")
	// ExampleURL: a warning: a host that is reserved for examples.
	ExampleURL = define1("AL-URL-013", "host")
)
