//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// inherited is the environment from before any test has changed its own: with another
// HOME the compiler would find nothing that it has compiled before.
var inherited = os.Environ()

// built is the binary under test, made once for all tests that need a real one.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(builtFolder(), "applink")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(inherited, "CGO_ENABLED=0") // as it is released
	out, err := build.CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return path, nil
})

func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatalf("building applink: %v\n%s", err, path)
	}
	return path
}

// terminal is the built binary in a real pseudo-terminal, and the screen that a
// person would see.
type terminal struct {
	t    testing.TB
	cmd  *exec.Cmd
	file *os.File
	done chan struct{}

	mu  sync.Mutex
	vt  vt10x.Terminal
	raw strings.Builder
}

// environment is set, not inherited, so that the machine's own cannot decide.
func environment(home string, extra ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm-256color", "LANG=C.UTF-8",
		"XDG_DATA_HOME=" + filepath.Join(home, "data"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
		"NO_PROXY=*", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "TMPDIR=" + home}
	return append(env, extra...)
}

// start runs the binary with arguments in a terminal of that size.
func start(t testing.TB, width, height int, env []string, args ...string) *terminal {
	t.Helper()
	tm := &terminal{t: t, vt: vt10x.New(vt10x.WithSize(width, height)), done: make(chan struct{})}
	tm.cmd = exec.Command(program(t, env), args...)
	tm.cmd.Env = env
	file, err := pty.StartWithSize(tm.cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatal(err)
	}
	tm.file = file
	go tm.read()
	t.Cleanup(func() { tm.kill() })
	return tm
}

func (tm *terminal) read() {
	defer close(tm.done)
	buf := make([]byte, 4096)
	held := 0 // bytes of a rune whose rest was not read yet: vt10x drops such a rune
	for {
		n, err := tm.file.Read(buf[held:])
		tm.mu.Lock()
		tm.raw.Write(buf[held : held+n])
		written, _ := tm.vt.Write(buf[:held+n])
		held = copy(buf, buf[written:held+n])
		tm.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (tm *terminal) kill() {
	if tm.cmd.Process != nil {
		tm.cmd.Process.Signal(syscall.SIGKILL)
	}
	tm.cmd.Wait()
	tm.file.Close()
	<-tm.done
}

// screen returns what is on the screen now.
func (tm *terminal) screen() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.vt.String()
}

// stream returns every byte written so far.
func (tm *terminal) stream() string {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	return tm.raw.String()
}

// waitFor waits until the screen holds every text, and returns it.
func (tm *terminal) waitFor(texts ...string) string {
	tm.t.Helper()
	return tm.wait(strings.Join(texts, " and "), func(s string) bool {
		for _, text := range texts {
			if !strings.Contains(s, text) {
				return false
			}
		}
		return true
	})
}

func (tm *terminal) wait(what string, ok func(string) bool) string {
	tm.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		s := tm.screen()
		if ok(s) {
			return s
		}
		if time.Now().After(deadline) {
			tm.t.Fatalf("waited for %q; on the screen is\n%s", what, s)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// settled waits until the screen has not changed for a while, and returns it.
func (tm *terminal) settled() string {
	tm.t.Helper()
	last, since := "", time.Now()
	return tm.wait("a screen that stands still", func(s string) bool {
		if s != last {
			last, since = s, time.Now()
		}
		return time.Since(since) > 500*time.Millisecond
	})
}

// send types bytes.
func (tm *terminal) send(keys string) {
	tm.t.Helper()
	if _, err := tm.file.WriteString(keys); err != nil {
		tm.t.Fatal(err)
	}
}

// paste types text as a bracketed paste, as a terminal does.
func (tm *terminal) paste(text string) { tm.send("\x1b[200~" + text + "\x1b[201~") }

func (tm *terminal) resize(width, height int) {
	tm.mu.Lock()
	tm.vt.Resize(width, height)
	tm.mu.Unlock()
	pty.Setsize(tm.file, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
}

// exit waits for the process and returns its exit code.
func (tm *terminal) exit() int {
	tm.t.Helper()
	select {
	case <-tm.done:
	case <-time.After(15 * time.Second):
		tm.t.Fatalf("applink does not end; on the screen is\n%s", tm.screen())
	}
	tm.cmd.Wait()
	return tm.cmd.ProcessState.ExitCode()
}
