package carry

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestOpenStartsABrowserOnlyBeforeTheUsersEyes(t *testing.T) {
	const page = "https://git.acme.com/bitbucket"
	for _, test := range []struct {
		name   string
		env    map[string]string
		os     string
		open   string // why Open refuses; "" when it opens
		asked  string // why OpenAsked refuses
		opened string
	}{
		{name: "desktop", env: map[string]string{"DISPLAY": ":0"}, opened: page},
		{name: "mac", os: "darwin", opened: page},
		{name: "no display", open: "no display", asked: "no display"},
		{name: "ssh", env: map[string]string{"SSH_TTY": "x"}, open: "SSH", asked: "no display"},
		{name: "ssh -X", env: map[string]string{"SSH_TTY": "x", "DISPLAY": ":10"}, open: "SSH", opened: page},
		{name: "ssh to a mac", os: "darwin", env: map[string]string{"SSH_TTY": "x"}, open: "SSH", asked: "SSH"},
		{name: "wsl", env: map[string]string{"WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"}, open: "WSL", opened: page},
		{name: "own browser over ssh", env: map[string]string{"SSH_TTY": "x", "BROWSER": "absent:helper --url=%s"}, opened: "helper --url=%s " + page},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &world{env: test.env, os: test.os, installed: []string{"helper"}}
			check := func(r Result, why string) {
				t.Helper()
				if !strings.Contains(r.Sentence, page) {
					t.Errorf("%q does not show the URL", r.Sentence)
				}
				if errors.Is(r.Err, ErrNotOpened) != (why != "") || !strings.Contains(r.Sentence, why) {
					t.Errorf("got %+v, want refusal %q", r, why)
				}
			}
			check(w.carrier().Open(t.Context(), page), test.open)
			w.opened = nil
			check(w.carrier().OpenAsked(t.Context(), page), test.asked)
			if test.opened != "" && !slices.Equal(w.opened, []string{test.opened}) {
				t.Errorf("opened %q", w.opened)
			}
		})
	}
}

func TestOpenTakesOnlyWebPages(t *testing.T) {
	for _, page := range []string{"", "file:///etc/passwd", "javascript:alert(1)", "https://", "--help", "http://a\nb", "ftp://a/b"} {
		w := &world{env: map[string]string{"DISPLAY": ":0"}}
		if r := w.carrier().OpenAsked(t.Context(), page); r.Err == nil || len(w.opened) > 0 {
			t.Errorf("%q: %+v", page, r)
		}
	}
}
