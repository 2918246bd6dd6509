package core

import (
	"net/http"
	"time"
)

// Exchange is one HTTP request with its response or error, recorded by
// core/bitbucket's transport for core/diagnose to explain. It never holds an
// Authorization header or another secret.
type Exchange struct {
	Method string
	URL    string // without secrets in the query
	Proxy  string // proxy the request went through, without credentials; "" for none

	Status int         // 0 when no response came
	Header http.Header // of the response
	Body   []byte      // of the response, its beginning where it is long
	Err    error       // of the transport: DNS, TCP, TLS, time limit
	At     time.Time   // when the response (or the error) came, our clock
	Took   time.Duration

	// BaseString is the OAuth 1 signature base string that we signed; "" for
	// unsigned requests.
	BaseString string
}
