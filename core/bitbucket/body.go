package bitbucket

import (
	"context"
	"errors"
	"io"
	"strconv"

	"applink/core/finding"
)

// body ends with [finding.ResponseTooLarge] where the limit is passed, and releases the
// time limit of its exchange when it is closed.
type body struct {
	io.ReadCloser
	ctx         context.Context
	cancel      context.CancelFunc
	left, limit int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.limit < 0 {
		return b.read(p)
	}
	// One byte more than the limit is read to tell a full body from a cut one.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.read(p)
	if int64(n) > b.left {
		n, b.left = int(b.left), 0
		return n, finding.ResponseTooLarge.With(strconv.FormatInt(b.limit, 10))
	}
	b.left -= int64(n)
	return n, err
}

func (b *body) read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = timeoutCause(b.ctx, err)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.cancel()
	return err
}
