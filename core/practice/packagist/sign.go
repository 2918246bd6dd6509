package packagist

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// signer signs requests with OAuth 1.0a, RSA-SHA1 (RFC 5849). It is
// deliberately a second implementation: the practice Bitbucket is to be
// convinced by another signer than the one that applink itself uses.
type signer struct {
	consumer string
	key      *rsa.PrivateKey
	now      func() time.Time
}

// param is one parameter of a request; names may repeat.
type param struct{ name, value string }

// sign adds the Authorization header to a request without a form body. Token is
// "" while there is none; further are protocol parameters such as oauth_callback.
func (s signer) sign(r *http.Request, token string, further ...param) error {
	protocol := append([]param{
		{"oauth_consumer_key", s.consumer},
		{"oauth_nonce", rand.Text()},
		{"oauth_signature_method", "RSA-SHA1"},
		{"oauth_timestamp", strconv.FormatInt(s.now().Unix(), 10)},
		{"oauth_version", "1.0"},
	}, further...)
	if token != "" {
		protocol = append(protocol, param{"oauth_token", token})
	}
	base := baseString(r.Method, r.URL, protocol)
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA1, digest(crypto.SHA1, []byte(base)))
	if err != nil {
		return fmt.Errorf("signing with RSA-SHA1: %w", err)
	}
	protocol = append(protocol, param{"oauth_signature", base64.StdEncoding.EncodeToString(signature)})
	pairs := make([]string, len(protocol))
	for i, p := range protocol {
		pairs[i] = fmt.Sprintf(`%s="%s"`, escape(p.name), escape(p.value))
	}
	r.Header.Set("Authorization", "OAuth "+strings.Join(pairs, ", "))
	return nil
}

// baseString builds the signature base string of RFC 5849 section
// 3.4.1 from the protocol parameters and the query of the URL.
func baseString(method string, u *url.URL, params []param) string {
	all := append(query(u.RawQuery), params...)
	encoded := make([][2]string, len(all))
	for i, p := range all {
		encoded[i] = [2]string{escape(p.name), escape(p.value)}
	}
	slices.SortFunc(encoded, func(a, b [2]string) int {
		if c := strings.Compare(a[0], b[0]); c != 0 {
			return c
		}
		return strings.Compare(a[1], b[1])
	})
	pairs := make([]string, len(encoded))
	for i, e := range encoded {
		pairs[i] = e[0] + "=" + e[1]
	}
	return strings.ToUpper(method) + "&" + escape(baseURI(u)) +
		"&" + escape(strings.Join(pairs, "&"))
}

// baseURI is the URL of section 3.4.1.2: lower case scheme and host,
// no default port, the path as it is sent.
func baseURI(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return scheme + "://" + host + path
}

// query splits a query as Bitbucket does: on "&" only, repeats kept.
func query(raw string) []param {
	var params []param
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, param{unescape(name), unescape(value)})
	}
	return params
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// escape percent-encodes as RFC 5849 section 3.6 has it: everything
// but letters, digits and "-._~", in upper case.
func escape(s string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
