package carry

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need skips a test by the name of the program that is missing, except where
// APPLINK_E2E=1 promises that everything is installed.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("APPLINK_E2E") == "1" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed", program)
}

// noSession takes away what the session of the person running the tests brings.
func noSession(t *testing.T) {
	t.Helper()
	for _, name := range []string{"TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"} {
		t.Setenv(name, "")
	}
}

func TestRealTmux(t *testing.T) {
	need(t, "tmux")
	value := "-----BEGIN PUBLIC KEY-----\n" + strings.Repeat("MIIBIjANBgkq\n", 40) + "-----END PUBLIC KEY-----\n"
	for _, option := range []string{"", "on", "off"} {
		t.Run("set-clipboard "+option, func(t *testing.T) {
			noSession(t)
			socket := filepath.Join(t.TempDir(), "s")
			tmux := func(args ...string) string {
				t.Helper()
				cmd := exec.Command("tmux", append([]string{"-S", socket, "-f", "/dev/null"}, args...)...)
				cmd.Env = append(os.Environ(), "TERM=xterm-256color")
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("tmux %s: %v: %s", args, err, out)
				}
				return strings.TrimSpace(string(out))
			}
			tmux("new-session", "-d", "-x", "80", "-y", "24", "cat")
			t.Cleanup(func() { tmux("kill-server") })
			if option != "" {
				tmux("set-option", "-s", "set-clipboard", option)
			}
			t.Setenv("TMUX", fmt.Sprintf("%s,%s,0", socket, tmux("display-message", "-p", "#{pid}")))

			c := New()
			r := c.Copy(t.Context(), value)
			if !r.Certain || r.Method != methodTmux {
				t.Fatalf("got %+v", r)
			}
			if got := tmux("save-buffer", "-"); got != strings.TrimSpace(value) {
				t.Errorf("tmux holds %q", got)
			}
		})
	}
}

func TestRealXclipWithoutDisplay(t *testing.T) {
	need(t, "xclip")
	noSession(t)
	c := New()
	c.OS = "linux"
	var out bytes.Buffer
	c.Out = &out
	if r := c.Copy(t.Context(), secret); r.Sentence != "Sent to your terminal (OSC 52): paste to check" || r.Err != nil {
		t.Errorf("got %+v", r)
	}
	c.Out = nil
	r := c.Copy(t.Context(), secret)
	if want := "Could not copy: there is no terminal to write to; the value is shown below, alone and whole"; r.Sentence != want {
		t.Errorf("got %q", r.Sentence)
	}
}
