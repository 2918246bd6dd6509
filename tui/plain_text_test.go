package tui

import (
	"bytes"
	"testing"
)

// Whatever plain mode is given to say, nothing that a terminal obeys is written.
func TestPlainModeWritesNothingThatSteers(t *testing.T) {
	var out bytes.Buffer
	p := &plain{out: plainWriter{&out}}
	p.say("one %s\ttwo\n%s", "\x1b[2J\x1b]52;c;aGk=\a", "\u009b31m\u202e\u2066\u200b\b\r\n─ ⠿ end")
	p.prompt("\x1bc? ")
	if want := "one [2J]52;c;aGk=\ttwo\n31m\n- - end\nc? "; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}
