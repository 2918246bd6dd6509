package callback

import (
	"fmt"

	"applink/core"
)

// plainTarget are SSH destinations that need no quoting and are no option but the
// port.
var plainTarget = core.Pattern(`^(-p [0-9]+ )?[A-Za-z0-9_][A-Za-z0-9._@:%+-]*$`)

// ForwardCommand returns the command that makes a port of this machine one of
// the machine where the user's browser runs, to be run there. The destination
// is what the user logs in to, such as jane@build.example.com, after "-p 2222 "
// where the server listens at another port; one that is
// unknown, or unfit for a command line, becomes user@host, to be replaced.
func ForwardCommand(port int, destination string) string {
	if !plainTarget().MatchString(destination) {
		destination = "user@host"
	}
	return fmt.Sprintf("ssh -N -L %d:localhost:%d %s", port, port, destination)
}
