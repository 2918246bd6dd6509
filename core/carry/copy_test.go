package carry

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// world is a machine of which every part can be set.
type world struct {
	env       map[string]string
	os        string
	installed []string
	tmux      func(stdin string, args []string) (string, error)
	clipboard string
	writeErr  error
	readErr   error
	keep      int // bytes the clipboard keeps; 0 for all
	opened    []string
	out       *bytes.Buffer
	writes    int
}

func (w *world) carrier() *Carrier {
	if w.os == "" {
		w.os = "linux"
	}
	w.out = &bytes.Buffer{}
	c := &Carrier{
		Env: func(name string) string { return w.env[name] },
		OS:  w.os,
		Out: counter{w},
		Look: func(p string) bool {
			for _, i := range w.installed {
				if i == p {
					return true
				}
			}
			return false
		},
		Exec: func(_ context.Context, stdin, program string, args ...string) (string, error) {
			if w.tmux == nil || program != "tmux" {
				return "", errors.New("no such program")
			}
			return w.tmux(stdin, args)
		},
		Write: func(s string) error {
			if w.keep > 0 && len(s) > w.keep {
				s = s[:w.keep]
			}
			w.clipboard = s
			return w.writeErr
		},
		Read: func() (string, error) { return w.clipboard, w.readErr },
		Browse: func(command []string, page string) error {
			w.opened = append(w.opened, strings.Join(append(command, page), " "))
			return nil
		},
	}
	return c
}

type counter struct{ w *world }

func (c counter) Write(p []byte) (int, error) { c.w.writes++; return c.w.out.Write(p) }

const secret = "value-4711"

func TestCopyTakesTheFirstWayThatCanWork(t *testing.T) {
	x11 := map[string]string{"DISPLAY": ":0"}
	for _, test := range []struct {
		name     string
		world    world
		method   string
		certain  bool
		sentence string
	}{
		{"x11", world{env: x11, installed: []string{"xclip"}}, "xclip", true,
			"Copied (xclip), read back and equal"},
		{"wayland", world{env: map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, installed: []string{"wl-copy", "wl-paste", "xclip"}}, "wl-copy", true,
			"Copied (wl-copy), read back and equal"},
		{"wayland without its tool", world{env: map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, installed: []string{"xclip"}}, "OSC 52", false,
			"Sent to your terminal (OSC 52; wl-copy is missing here): paste to check"},
		{"x11 without a tool", world{env: x11}, "OSC 52", false,
			"Sent to your terminal (OSC 52; xclip and xsel are missing here): paste to check"},
		{"mac", world{os: "darwin", installed: []string{"pbcopy", "pbpaste"}}, "pbcopy", true,
			"Copied (pbcopy), read back and equal"},
		{"windows", world{os: "windows"}, "Windows clipboard", true,
			"Copied (Windows clipboard), read back and equal"},
		{"no display", world{installed: []string{"xclip"}}, "OSC 52", false,
			"Sent to your terminal (OSC 52): paste to check"},
		{"ssh with display", world{env: map[string]string{"DISPLAY": ":10", "SSH_CONNECTION": "a b"}, installed: []string{"xclip"}}, "OSC 52", false,
			"Sent to your terminal (OSC 52): paste to check"},
		{"tmux gone", world{env: map[string]string{"TMUX": "/tmp/x,1,0"}}, "OSC 52", false,
			"Sent to your terminal (OSC 52; tmux did not answer): paste to check"},
		{"not read back", world{env: x11, installed: []string{"xsel"}, readErr: io.EOF}, "xsel", false,
			"Copied (xsel), but it could not be read back: paste to check"},
		{"cut", world{env: x11, installed: []string{"xclip"}, keep: 4}, "xclip", false,
			"Could not copy: the clipboard does not hold the whole value: xclip holds 4 of 10 bytes; the value is shown below, alone and whole"},
		{"broken", world{env: x11, installed: []string{"xclip"}, writeErr: io.ErrClosedPipe}, "xclip", false,
			"Could not copy: xclip failed: io: read/write on closed pipe; the value is shown below, alone and whole"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := test.world.carrier()
			r := c.Copy(t.Context(), secret)
			if r.Method != test.method || r.Certain != test.certain || r.Sentence != test.sentence {
				t.Errorf("got %+v", r)
			}
			if (r.Err != nil) != strings.HasPrefix(r.Sentence, "Could not") {
				t.Errorf("error %v beside %q", r.Err, r.Sentence)
			}
			if strings.Contains(fmt.Sprintf("%+v", r), secret) {
				t.Error("the result holds the value")
			}
		})
	}
}

func TestOSC52IsOneWriteOfTheWholeSequence(t *testing.T) {
	value := "-----BEGIN PUBLIC KEY-----\n" + strings.Repeat("A", 800)
	encoded := base64.StdEncoding.EncodeToString([]byte(value))
	w := &world{}
	w.carrier().Copy(t.Context(), value)
	if got, want := w.out.String(), "\x1b]52;c;"+encoded+"\a"; got != want || w.writes != 1 {
		t.Errorf("%d writes of %q", w.writes, got)
	}
	w = &world{env: map[string]string{"STY": "1.pts"}}
	w.carrier().Copy(t.Context(), value)
	got := w.out.String()
	if !strings.HasPrefix(got, "\x1bP\x1b]52;c;") || !strings.HasSuffix(got, "\a\x1b\\") || w.writes != 1 {
		t.Errorf("not wrapped for screen: %q", got)
	}
	inner := strings.ReplaceAll(got, "\x1b\\\x1bP", "")
	if !strings.Contains(inner, encoded) {
		t.Error("screen's pieces do not add up to the value")
	}
}

func TestCopyRefusesWithAReason(t *testing.T) {
	w := &world{}
	c := w.carrier()
	if r := c.Copy(t.Context(), strings.Repeat("x", MaxOSC52+1)); !errors.Is(r.Err, ErrTooLarge) || w.writes != 0 {
		t.Errorf("too large: %+v", r)
	}
	if r := c.Copy(t.Context(), strings.Repeat("x", MaxOSC52)); r.Err != nil || w.out.Len() != 100_000 {
		t.Errorf("largest: %+v, %d bytes", r, w.out.Len())
	}
	if r := c.Copy(t.Context(), ""); !errors.Is(r.Err, ErrEmpty) {
		t.Errorf("empty: %+v", r)
	}
	c.Out = nil
	if r := c.Copy(t.Context(), secret); !errors.Is(r.Err, ErrNoTerminal) {
		t.Errorf("no terminal: %+v", r)
	}
}

func TestCopyDoesNotWaitForAHangingClipboard(t *testing.T) {
	w := &world{env: map[string]string{"DISPLAY": ":0"}, installed: []string{"xclip"}}
	c := w.carrier()
	hang := make(chan struct{})
	defer close(hang)
	c.Write = func(string) error { <-hang; return nil }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := c.Copy(ctx, secret); !errors.Is(r.Err, context.Canceled) {
		t.Errorf("got %+v", r)
	}
}

func TestOldTmuxIsAskedWithoutItsNewFlag(t *testing.T) {
	var buffer string
	w := &world{env: map[string]string{"TMUX": "x"}, tmux: func(stdin string, args []string) (string, error) {
		switch strings.Join(args, " ") {
		case "load-buffer -":
			buffer = stdin
			return "", nil
		case "save-buffer -":
			return buffer, nil
		}
		return "", errors.New("unknown flag -w")
	}}
	r := w.carrier().Copy(t.Context(), secret)
	if r.Sentence != "Copied (tmux buffer, prefix ]); for the browser only with set-clipboard on" || !r.Certain {
		t.Errorf("got %+v", r)
	}
}

// In tmux with a display both are filled: the browser pastes the system clipboard.
func TestTmuxBesideADisplay(t *testing.T) {
	for _, test := range []struct {
		name     string
		writeErr error
		sentence string
	}{
		{"both", nil, "Copied (xclip; in tmux: prefix ]), read back and equal"},
		{"no clipboard", io.ErrClosedPipe, "Copied (tmux buffer, prefix ]), not for the browser: xclip failed: io: read/write on closed pipe"},
	} {
		var buffer string
		w := &world{env: map[string]string{"TMUX": "x", "DISPLAY": ":0"}, installed: []string{"xclip"}, writeErr: test.writeErr,
			tmux: func(stdin string, args []string) (string, error) {
				switch args[0] {
				case "load-buffer":
					buffer = stdin
				case "save-buffer":
					return buffer, nil
				}
				return "", nil
			}}
		r := w.carrier().Copy(t.Context(), secret)
		if r.Sentence != test.sentence || buffer != secret || test.writeErr == nil && w.clipboard != secret {
			t.Errorf("%s: %+v, tmux %q, clipboard %q", test.name, r, buffer, w.clipboard)
		}
	}
}
