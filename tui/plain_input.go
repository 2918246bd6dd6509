package tui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// ErrEndOfInput is returned by [Plain] when the answers end before the set-up
// does. Everything that was answered is saved.
var ErrEndOfInput = errors.New("the input ended")

// errQuit leaves plain mode because the user said so.
var errQuit = errors.New("quit")

// longestLine bounds one line of input, in bytes; more than any answer needs.
const longestLine = 64 << 10

// lines is the one reader of plain mode's input, so that answers piped in one
// write all arrive. Its goroutine is blocked in a read most of the time and is
// left behind at the end of the program: a read of a terminal cannot be
// cancelled. Nothing in it can panic or touch the terminal's mode.
type lines struct {
	next chan string // closed at the end of the input
}

func newLines(in io.Reader) *lines {
	l := &lines{next: make(chan string)}
	go l.read(in)
	return l
}

func (l *lines) read(in io.Reader) {
	defer close(l.next)
	r := bufio.NewReader(in)
	for {
		line, err := readLine(r)
		if err == nil || line != "" {
			l.next <- strings.TrimSuffix(line, "\r")
		}
		if err != nil {
			return
		}
	}
}

// readLine reads up to a line end; what exceeds the bound is dropped.
func readLine(r *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		part, err := r.ReadSlice('\n')
		if b.Len()+len(part) <= longestLine {
			b.Write(part)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimSuffix(b.String(), "\n"), err
		}
	}
}

// line waits for the next line.
func (l *lines) line(ctx context.Context) (string, error) {
	select {
	case line, ok := <-l.next:
		if !ok {
			return "", ErrEndOfInput
		}
		return line, nil
	case <-ctx.Done():
		return "", ErrInterrupted
	}
}

// pem completes a key or certificate whose first line was read: it ends at the
// END line, or at two empty lines in a row when the paste was cut.
func (l *lines) pem(ctx context.Context, first string) (string, error) {
	text := first
	empty := 0
	for !strings.Contains(text, "-----END") && empty < 2 {
		line, err := l.line(ctx)
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(line) == "" {
			empty++
		} else {
			empty = 0
		}
		text += "\n" + line
	}
	return strings.TrimRight(text, "\n ") + "\n", nil
}
