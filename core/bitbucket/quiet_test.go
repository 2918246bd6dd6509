package bitbucket

import (
	"io"
	"log"
)

// quiet swallows what a test server logs about refused handshakes.
var quiet = log.New(io.Discard, "", 0)
