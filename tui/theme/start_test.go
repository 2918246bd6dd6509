//go:build unix

package theme_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	_ "github.com/charmbracelet/bubbletea" // whose initialisation is under test
	"github.com/charmbracelet/lipgloss"
	"github.com/creack/pty"

	_ "applink/tui/theme"
)

const childEnv = "APPLINK_TEST_START"

// TestMain makes the test binary its own subject: started again on a terminal,
// with this package and Bubble Tea linked in, it says one word and ends.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		fmt.Println("started", lipgloss.HasDarkBackground())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The terminal here never answers. Were it asked for its background, the
// question would be among the bytes written and the start would take five
// seconds.
func TestStartAsksTheTerminalNothing(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	// The conditions under which termenv asks at all: a TERM that is neither
	// tmux, screen nor dumb, and no CI.
	cmd.Env = []string{childEnv + "=1", "TERM=xterm-256color", "HOME=" + t.TempDir()}
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	defer terminal.Close()
	if err := terminal.SetReadDeadline(time.Now().Add(4 * time.Second)); err != nil {
		t.Logf("reading without a time limit: %v", err)
	}
	var out strings.Builder
	buf := make([]byte, 256)
	for !strings.Contains(out.String(), "\n") {
		n, err := terminal.Read(buf)
		out.Write(buf[:n])
		if err != nil {
			break
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if got := strings.TrimSpace(out.String()); got != "started true" {
		t.Errorf("at start the terminal received %q", got)
	}
}
