package tui

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"applink/core/seal"
	"applink/core/walk"
)

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
	back []string    // lines that were looked at and are still to be read
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

// ready is the channel of the next line, which is to be popped when it was received.
func (l *lines) ready() <-chan string {
	if len(l.back) == 0 {
		return l.next
	}
	next := make(chan string, 1)
	next <- l.back[0]
	return next
}

func (l *lines) pop() {
	if len(l.back) > 0 {
		l.back = l.back[1:]
	}
}

// line waits for the next line.
func (l *lines) line(ctx context.Context) (string, error) {
	select {
	case line, ok := <-l.ready():
		if l.pop(); !ok {
			return "", walk.ErrEndOfInput
		}
		return line, nil
	case <-ctx.Done():
		return "", walk.ErrInterrupted
	}
}

// pem completes a key or certificate whose first line was read: it ends where the text
// is whole, or at empty lines when the paste was cut, two in a row inside a PEM. A block
// that follows at once belongs to it.
func (l *lines) pem(ctx context.Context, first string) (string, error) {
	text := first
	most := 1
	for {
		empty := 0
		for seal.Unfinished(text) && empty < most {
			if strings.Contains(text, "BEGIN") {
				most = 2
			}
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
		more := l.block(ctx)
		if more == "" || empty >= most {
			break
		}
		text += "\n" + more
	}
	return strings.TrimRight(text, "\n ") + "\n", nil
}

// lump is how long the lines of one paste keep coming, at most.
const lump = 50 * time.Millisecond

// block takes the BEGIN line of another block, "" when none follows at once. Empty lines
// may stand before it; without it they stay.
func (l *lines) block(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, lump)
	defer cancel()
	var seen []string
	for {
		line, err := l.line(ctx)
		if err != nil {
			break
		}
		if strings.Contains(line, "-----BEGIN") {
			return strings.Join(append(seen, line), "\n")
		}
		seen = append(seen, line)
		if strings.TrimSpace(line) != "" {
			break
		}
	}
	l.back = append(seen, l.back...)
	return ""
}
