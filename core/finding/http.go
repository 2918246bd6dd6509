package finding

// Answers over HTTP that are none of the protocol's.
var (
	// LoginPage: a sign-in page came, or the redirect to one.
	LoginPage = define2("AL-HTTP-001", "url", "to")
	// UnexpectedHTML: a web page came where data was due.
	UnexpectedHTML = define2("AL-HTTP-002", "url", "title")
	// NotFound: 404 from what is not known to be Bitbucket.
	NotFound = define1("AL-HTTP-003", "url")
	// ServerError: a 5xx with what the server says of it, if anything.
	ServerError = define2("AL-HTTP-004", "status", "message")
	// Unavailable: 503: Bitbucket starts or is in maintenance.
	Unavailable = define1("AL-HTTP-005", "status")
	// RateLimited: 429; after is empty when the server does not tell.
	RateLimited = define1("AL-HTTP-006", "after")
	// RedirectedElsewhere: a redirect to another base URL.
	RedirectedElsewhere = define3("AL-HTTP-007", "url", "to", "base")
	// ResponseTooLarge: the body exceeds the limit in bytes.
	ResponseTooLarge = define1("AL-HTTP-008", "limit")
	// UnexpectedResponse: any other answer that means nothing here.
	UnexpectedResponse = define1("AL-HTTP-009", "status")
	// RequestRefused: Bitbucket names the cause of a 4xx.
	RequestRefused = define2("AL-HTTP-010", "status", "message")
	// GatewayAuthRequired: a program in front of Bitbucket asks for credentials; gate is its name,
	// how what it takes.
	GatewayAuthRequired = define4("AL-HTTP-011", "url", "status", "gate", "how")
	// GatewayForbidden: a program in front of Bitbucket refuses.
	GatewayForbidden = define4("AL-HTTP-012", "url", "status", "gate", "title")
	// OtherContextPath: Bitbucket answers at another path of the host.
	OtherContextPath = define2("AL-HTTP-013", "url", "base")
	// BadGateway: a program in front gets no answer from Bitbucket.
	BadGateway = define2("AL-HTTP-014", "status", "gate")
	// CaptchaRequired: the account has to solve a CAPTCHA first.
	CaptchaRequired = define3("AL-HTTP-020", "status", "message", "login")
	// AccountUnlicensed: the account has no licence for Bitbucket.
	AccountUnlicensed = define3("AL-HTTP-021", "status", "message", "login")
	// AccountDisabled: the account is inactive or locked, or its password has expired.
	AccountDisabled = define3("AL-HTTP-022", "status", "message", "login")
	// InvalidRequestPath: an address for applink api that would have to be changed before it can be
	// sent.
	InvalidRequestPath = define2("AL-HTTP-030", "value", "why")
)
