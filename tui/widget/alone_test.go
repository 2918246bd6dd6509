//go:build unix

package widget

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/creack/pty"
)

// shown runs a ShowAlone on a terminal, calls then when it waits for Enter, and
// returns all that was written.
func shown(t *testing.T, s *ShowAlone, then func(terminal *os.File)) (string, error) {
	t.Helper()
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	defer terminal.Close()
	s.SetStdin(tty)
	s.SetStdout(tty)
	s.SetStderr(tty)
	result := make(chan error, 1)
	go func() {
		result <- s.Run()
		tty.Close()
	}()
	var out strings.Builder
	buf := make([]byte, 4096)
	for waiting := false; ; {
		n, err := terminal.Read(buf)
		out.Write(buf[:n])
		if !waiting && strings.Contains(out.String(), "Press Enter") {
			waiting = true
			then(terminal)
		}
		if err != nil {
			return strings.ReplaceAll(out.String(), "\r\n", "\n"), <-result
		}
	}
}

func enter(terminal *os.File) { _, _ = io.WriteString(terminal, "\n") }

func TestShowAloneWritesTheValueAsOneLine(t *testing.T) {
	url := "https://git.acme.com/" + strings.Repeat("x", 300)
	out, err := shown(t, NewShowAlone(t.Context(), "Login link", url), enter)
	if err != nil || !strings.Contains(out, "\n"+url+"\n") || !strings.HasPrefix(out, enterAlternate) {
		t.Errorf("%v, wrote %q", err, out)
	}
	out, err = shown(t, NewShowAlone(t.Context(), "Public Key", publicKey), enter)
	if err != nil || !strings.Contains(out, "\n"+publicKey) {
		t.Errorf("%v, wrote %q", err, out)
	}
}

func TestShowAloneLeavesNoSecretBehind(t *testing.T) {
	out, err := shown(t, NewShowAlone(t.Context(), "Client secret", "hush"), enter)
	on, off := strings.Index(out, "\x1b[?1049h"), strings.LastIndex(out, "\x1b[2J\x1b[H\x1b[?1049l")
	at := strings.Index(out, "\nhush\n")
	if err != nil || on != 0 || at < on || off < at {
		t.Errorf("%v, wrote %q", err, out)
	}
}

func TestShowAloneEndsOnEscape(t *testing.T) {
	out, err := shown(t, NewShowAlone(t.Context(), "URL", "x"), func(terminal *os.File) { _, _ = io.WriteString(terminal, "\x1b") })
	if err != nil {
		t.Errorf("%v, wrote %q", err, out)
	}
}

func TestShowAloneEndsOnInterruptAndContext(t *testing.T) {
	// A signal that comes before or after it listens must not end the test run.
	guard := make(chan os.Signal, 8)
	signal.Notify(guard, os.Interrupt)
	defer signal.Stop(guard)
	interrupt := func(*os.File) { _ = syscall.Kill(os.Getpid(), syscall.SIGINT) }
	out, err := shown(t, NewShowAlone(t.Context(), "Client secret", "hush"), interrupt)
	if !errors.Is(err, tea.ErrInterrupted) || !strings.HasSuffix(out, "\x1b[?1049l") {
		t.Errorf("interrupt: %v, wrote %q", err, out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = shown(t, NewShowAlone(ctx, "URL", "x"), func(*os.File) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
