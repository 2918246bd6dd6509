package callback

import "testing"

func TestForwardCommand(t *testing.T) {
	for destination, want := range map[string]string{
		"jane@build.example.com": "ssh -N -L 8443:localhost:8443 jane@build.example.com",
		"":                       "ssh -N -L 8443:localhost:8443 user@host",
		"-p 2222 jane@10.0.0.5":  "ssh -N -L 8443:localhost:8443 -p 2222 jane@10.0.0.5",
		"-oProxyCommand=x":       "ssh -N -L 8443:localhost:8443 user@host",
		"a;b":                    "ssh -N -L 8443:localhost:8443 user@host",
		"jane@fe80::1%eth0":      "ssh -N -L 8443:localhost:8443 jane@fe80::1%eth0",
	} {
		if got := ForwardCommand(destination, 8443); got != want {
			t.Errorf("%s: %s", destination, got)
		}
	}
	if got, want := ForwardCommand("jane@a", 7990, 8080), "ssh -N -L 7990:localhost:7990 -L 8080:localhost:8080 jane@a"; got != want {
		t.Errorf("two ports: %s", got)
	}
}
