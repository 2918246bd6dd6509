package finding

// The way to the server, before HTTP.
var (
	// UnknownHost: a host name that DNS does not know.
	UnknownHost = define1("AL-NET-001", "host")
	// ConnectionRefused: nobody listens at the address.
	ConnectionRefused = define1("AL-NET-002", "address")
	// Timeout: no answer within the time limit, or no route to the host.
	Timeout = define3("AL-NET-003", "host", "origin", "after")
	// ProxyFailed: the proxy of the environment is not reached or answers with an error.
	ProxyFailed = define1("AL-NET-004", "proxy")
	// ConnectionReset: the connection ended before the answer did.
	ConnectionReset = define2("AL-NET-005", "host", "origin")
	// HTTPSExpected: plain http was spoken to a server or port of https.
	HTTPSExpected = define2("AL-NET-006", "url", "https")
	// ProxyAuthRequired: the proxy answers 407.
	ProxyAuthRequired = define2("AL-NET-007", "proxy", "how")
)
