package callback

import (
	"fmt"

	"applink/core"
)

// plainTarget are SSH destinations that need no quoting and are no option but the
// port.
var plainTarget = core.Pattern(`^(-p [0-9]+ )?[A-Za-z0-9_][A-Za-z0-9._@:%+-]*$`)

// ForwardCommand returns the command that makes ports of this machine those of
// the machine where the user's browser runs, to be run there. The destination
// is what the user logs in to, such as jane@build.example.com, after "-p 2222 "
// where the server listens at another port; one that is
// unknown, or unfit for a command line, becomes user@host, to be replaced.
func ForwardCommand(destination string, ports ...int) string {
	if !plainTarget().MatchString(destination) {
		destination = "user@host"
	}
	command := "ssh -N"
	for _, port := range ports {
		command += fmt.Sprintf(" -L %d:localhost:%d", port, port)
	}
	return command + " " + destination
}
