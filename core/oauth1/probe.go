package oauth1

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"applink/core"
	"applink/core/bitbucket"
)

// ProbeKey asks for a request token without the private key, for a consumer
// whose key is held by the application. The signature is bogus but exactly as
// long as one by that key, so that the answer tells three states apart:
// consumer_key_unknown means that the consumer is not saved; signature_invalid
// that it is known and its public key has this size; HTTP 500 that its public
// key has another size or is damaged. That the key is the right one stays
// unproved.
//
// The error is set only where nothing was asked or answered; it is a
// [*bitbucket.ProblemError] when the server did not answer.
func (c *Consumer) ProbeKey(ctx context.Context, key *rsa.PublicKey) (core.Exchange, error) {
	const doing = "asking whether the consumer is known"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoints().RequestToken, nil)
	if err != nil {
		return core.Exchange{}, err
	}
	signature, err := bogusSignature(key)
	if err != nil {
		return core.Exchange{}, err
	}
	protocol := []pair{
		{"oauth_callback", OutOfBandCallback},
		{"oauth_consumer_key", c.Key},
		{"oauth_nonce", c.nonce()},
		{"oauth_signature_method", "RSA-SHA1"},
		{"oauth_timestamp", strconv.FormatInt(c.now().Unix(), 10)},
		{"oauth_version", "1.0"},
	}
	r.Header.Set("Authorization", authorization(append(slices.Clip(protocol), pair{"oauth_signature", signature})))
	var call bitbucket.Call
	if _, err := call.Send(c.Transport, r.WithContext(bitbucket.WithBaseString(ctx, baseString(r, "", protocol)))); err != nil {
		return call.Exchange, &bitbucket.ProblemError{Doing: doing, Exchange: call.Exchange}
	}
	return call.Exchange, nil
}

// bogusSignature is random, as long as the modulus, and below it, since the
// first byte is zero: a number above the modulus would be another kind of error.
func bogusSignature(key *rsa.PublicKey) (string, error) {
	if key == nil || key.N == nil || key.Size() < 2 {
		return "", errors.New("no public key to probe for")
	}
	signature := make([]byte, key.Size())
	rand.Read(signature[1:])
	return base64.StdEncoding.EncodeToString(signature), nil
}

// authorization writes the header of RFC 5849 section 3.5.1.
func authorization(pairs []pair) string {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, encode(p.name)+`="`+encode(p.value)+`"`)
	}
	return "OAuth " + strings.Join(parts, ", ")
}
