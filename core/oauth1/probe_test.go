package oauth1

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"applink/core/bitbucket"
)

// keyOf has the size of a key and no more.
func keyOf(bits uint) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func TestProbeKey(t *testing.T) {
	// Characters of the signature by key size, as Bitbucket expects them.
	for bits, characters := range map[uint]int{1024: 172, 2048: 344, 3072: 512, 4096: 684, 8192: 1368} {
		v, c := newProvider(t)
		c.PrivateKey = nil
		nonces := map[string]bool{}
		v.reply = func(w http.ResponseWriter, r *http.Request) bool {
			for _, p := range authorizationPairs(r.Header.Get("Authorization")) {
				switch p.name {
				case "oauth_nonce":
					nonces[p.value] = true
				case "oauth_signature":
					raw, err := base64.StdEncoding.DecodeString(p.value)
					if len(p.value) != characters || err != nil || new(big.Int).SetBytes(raw).Cmp(keyOf(bits).N) >= 0 {
						t.Errorf("%d bits: signature %q, %v", bits, p.value, err)
					}
				case "oauth_callback":
					if p.value != "oob" {
						t.Errorf("callback %q", p.value)
					}
				}
			}
			return false
		}
		for range 2 {
			exchange, err := c.ProbeKey(t.Context(), keyOf(bits))
			if err != nil || exchange.Status != 401 || exchange.BaseString != v.base || exchange.Method != "POST" {
				t.Errorf("%d bits: exchange %+v, %v; server's base string %s", bits, exchange, err, v.base)
			}
		}
		if len(nonces) != 2 {
			t.Errorf("%d nonces in two probes", len(nonces))
		}
	}
}

func TestProbeKeyHandsAnswersBack(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
	}{
		{401, "oauth_problem=consumer_key_unknown"},
		{500, "<html>"},
		{302, ""},
		{200, ""},
	} {
		v, c := newProvider(t)
		v.reply = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "/ctx/login")
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.body)
			return true
		}
		exchange, err := c.ProbeKey(t.Context(), keyOf(2048))
		if err != nil || exchange.Status != tt.status || string(exchange.Body) != tt.body || len(v.headers) != 1 {
			t.Errorf("%d: exchange %+v, %v", tt.status, exchange, err)
		}
	}
}

func TestProbeKeyFails(t *testing.T) {
	v, c := newProvider(t)
	if _, err := c.ProbeKey(t.Context(), nil); err == nil {
		t.Error("no key, no error")
	}
	if _, err := c.ProbeKey(t.Context(), &rsa.PublicKey{}); err == nil {
		t.Error("empty key, no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	exchange, err := c.ProbeKey(ctx, keyOf(2048))
	var problem *bitbucket.ProblemError
	if !errors.As(err, &problem) || !errors.Is(err, context.Canceled) || exchange.Err == nil {
		t.Errorf("error %v, exchange %+v", err, exchange)
	}
	if len(v.headers) != 0 || strings.Contains(err.Error(), "HTTP 0") {
		t.Errorf("%d requests, %v", len(v.headers), err)
	}
}
