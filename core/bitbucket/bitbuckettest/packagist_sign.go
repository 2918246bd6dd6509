package bitbuckettest

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

// packagistSigner signs requests with OAuth 1.0a, RSA-SHA1 (RFC 5849). It is
// deliberately a second implementation: the practice Bitbucket is to be
// convinced by another signer than the one that applink itself uses.
type packagistSigner struct {
	consumer string
	key      *rsa.PrivateKey
	now      func() time.Time
}

// packagistParam is one parameter of a request; names may repeat.
type packagistParam struct{ name, value string }

// sign adds the Authorization header to a request without a form body. Token is
// "" while there is none; further are protocol parameters such as oauth_callback.
func (s packagistSigner) sign(r *http.Request, token string, further ...packagistParam) error {
	protocol := append([]packagistParam{
		{"oauth_consumer_key", s.consumer},
		{"oauth_nonce", rand.Text()},
		{"oauth_signature_method", "RSA-SHA1"},
		{"oauth_timestamp", strconv.FormatInt(s.now().Unix(), 10)},
		{"oauth_version", "1.0"},
	}, further...)
	if token != "" {
		protocol = append(protocol, packagistParam{"oauth_token", token})
	}
	base := packagistBaseString(r.Method, r.URL, protocol)
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA1, packagistDigest(crypto.SHA1, []byte(base)))
	if err != nil {
		return fmt.Errorf("signing with RSA-SHA1: %w", err)
	}
	protocol = append(protocol, packagistParam{"oauth_signature", base64.StdEncoding.EncodeToString(signature)})
	pairs := make([]string, len(protocol))
	for i, p := range protocol {
		pairs[i] = fmt.Sprintf(`%s="%s"`, packagistEscape(p.name), packagistEscape(p.value))
	}
	r.Header.Set("Authorization", "OAuth "+strings.Join(pairs, ", "))
	return nil
}

// packagistBaseString builds the signature base string of RFC 5849 section
// 3.4.1 from the protocol parameters and the query of the URL.
func packagistBaseString(method string, u *url.URL, params []packagistParam) string {
	all := append(packagistQuery(u.RawQuery), params...)
	encoded := make([][2]string, len(all))
	for i, p := range all {
		encoded[i] = [2]string{packagistEscape(p.name), packagistEscape(p.value)}
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
	return strings.ToUpper(method) + "&" + packagistEscape(packagistBaseURI(u)) +
		"&" + packagistEscape(strings.Join(pairs, "&"))
}

// packagistBaseURI is the URL of section 3.4.1.2: lower case scheme and host,
// no default port, the path as it is sent.
func packagistBaseURI(u *url.URL) string {
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

// packagistQuery splits a query as Bitbucket does: on "&" only, repeats kept.
func packagistQuery(raw string) []packagistParam {
	var params []packagistParam
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		params = append(params, packagistParam{packagistUnescape(name), packagistUnescape(value)})
	}
	return params
}

func packagistUnescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// packagistEscape percent-encodes as RFC 5849 section 3.6 has it: everything
// but letters, digits and "-._~", in upper case.
func packagistEscape(s string) string {
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
