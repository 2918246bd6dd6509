package oauth1

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"applink/core/bitbucket"
	"applink/core/seal"
)

// testKey is shared, since making an RSA key is slow.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// publicPEM is the public half of testKey, as an admin pastes it.
func publicPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// verifier is a Bitbucket below /ctx that reads RFC 5849 in its own way: from
// the raw request line and header, by byte.
type verifier struct {
	key    *rsa.PublicKey
	scheme string // that the client used
	deny   bool
	reply  func(w http.ResponseWriter, r *http.Request) bool // takes the place of the answer

	mu        sync.Mutex
	callback  string
	headers   []string // Authorization headers seen
	base      string   // base string of the last request
	signature []byte
}

var headerPair = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)

// rawEncode makes wire text canonical: decoded and encoded again, as sections
// 3.4.1.3.1 and 3.6 ask.
func rawEncode(s string, form bool) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		var n byte
		if c == '%' && i+2 < len(s) {
			if _, err := fmt.Sscanf(s[i+1:i+3], "%02x", &n); err == nil {
				c, i = n, i+2
			}
		} else if c == '+' && form {
			c = ' '
		}
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) >= 0 {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func (v *verifier) verify(r *http.Request) bool {
	var lines []string
	var signature string
	for _, m := range headerPair.FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
		switch m[1] {
		case "oauth_signature":
			signature = m[2]
		case "realm":
		default:
			lines = append(lines, m[1]+"\x00"+rawEncode(m[2], false))
		}
	}
	target, query, _ := strings.Cut(r.RequestURI, "?")
	text := query
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/x-www-form-urlencoded") {
		body, _ := io.ReadAll(r.Body)
		text += "&" + string(body)
	}
	for _, piece := range strings.Split(text, "&") {
		if name, value, _ := strings.Cut(piece, "="); piece != "" {
			lines = append(lines, rawEncode(name, true)+"\x00"+rawEncode(value, true))
		}
	}
	sort.Strings(lines)
	port := map[string]string{"http": ":80", "https": ":443"}[v.scheme]
	uri := v.scheme + "://" + strings.TrimSuffix(strings.ToLower(r.Host), port) + target
	params := strings.ReplaceAll(strings.Join(lines, "&"), "\x00", "=")
	// Both are encoded a second time, which rawEncode alone would undo first.
	base := r.Method + "&" + rawEncode(strings.ReplaceAll(uri, "%", "%25"), false) + "&" +
		rawEncode(strings.ReplaceAll(params, "%", "%25"), false)

	raw, err := base64.StdEncoding.DecodeString(decode(strings.ReplaceAll(signature, "+", " ")))
	digest := sha1.Sum([]byte(base))
	v.mu.Lock()
	defer v.mu.Unlock()
	v.base, v.signature = base, raw
	v.headers = append(v.headers, r.Header.Get("Authorization"))
	return err == nil && rsa.VerifyPKCS1v15(v.key, crypto.SHA1, digest[:], raw) == nil
}

// canaries are what must never be seen outside the wire.
var canaries = []string{"ReqT0ken", "ReqS3cret", "AccT0ken", "AccS3cret", "S3ssion", "V3rify"}

// authorizationPairs decodes an "Authorization: OAuth" header.
func authorizationPairs(header string) []pair {
	var pairs []pair
	for _, m := range headerPair.FindAllStringSubmatch(strings.TrimPrefix(header, "OAuth "), -1) {
		pairs = append(pairs, pair{decode(m[1]), decode(m[2])})
	}
	return pairs
}

func (v *verifier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	if r.URL.Path == "/ctx/plugins/servlet/oauth/authorize" {
		v.authorize(w, r)
		return
	}
	ok := v.verify(r)
	switch {
	case v.reply != nil && v.reply(w, r):
	case !ok:
		w.Header().Add("WWW-Authenticate", `OAuth realm="r"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, "oauth_problem=signature_invalid&oauth_signature=x&oauth_signature_base_string="+encode(v.base)+"&oauth_signature_method=RSA-SHA1")
	case strings.HasSuffix(r.URL.Path, "/request-token"):
		v.mu.Lock()
		for _, p := range authorizationPairs(r.Header.Get("Authorization")) {
			if p.name == "oauth_callback" {
				v.callback = p.value
			}
		}
		v.mu.Unlock()
		fmt.Fprint(w, "oauth_token=ReqT0ken&oauth_token_secret=ReqS3cret&oauth_callback_confirmed=true")
	case strings.HasSuffix(r.URL.Path, "/access-token"):
		if !strings.Contains(r.Header.Get("Authorization"), `oauth_verifier="V3rify"`) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "oauth_problem=token_rejected")
			return
		}
		fmt.Fprint(w, "oauth_token=AccT0ken&oauth_token_secret=AccS3cret&oauth_expires_in=157680000&oauth_session_handle=S3ssion&oauth_authorization_expires_in=160272000")
	default:
		fmt.Fprint(w, "signed")
	}
}

func (v *verifier) authorize(w http.ResponseWriter, r *http.Request) {
	code := "V3rify"
	if v.deny {
		code = "denied"
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.callback == "oob" {
		fmt.Fprint(w, code)
		return
	}
	w.Header().Set("Location", v.callback+"?oauth_token="+r.URL.Query().Get("oauth_token")+"&oauth_verifier="+code)
	w.WriteHeader(http.StatusFound)
}

// direct carries requests to the verifier as bytes but without a network, so
// that any host, port and scheme can be used.
type direct struct {
	*verifier
	sent int
}

func (d *direct) RoundTrip(r *http.Request) (*http.Response, error) {
	d.sent++
	wire, err := httputil.DumpRequestOut(r, true)
	if err != nil {
		return nil, err
	}
	in, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
	if err != nil {
		return nil, err
	}
	d.scheme = r.URL.Scheme
	out := httptest.NewRecorder()
	d.ServeHTTP(out, in)
	return out.Result(), nil
}

// newProvider starts a verifier on the network and a consumer for it.
func newProvider(t testing.TB) (*verifier, *Consumer) {
	t.Helper()
	v := &verifier{key: &testKey().PublicKey, scheme: "http"}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	return v, newConsumer(t, server.URL+"/ctx/")
}

func newConsumer(t testing.TB, base string) *Consumer {
	t.Helper()
	transport, err := bitbucket.NewTransport(bitbucket.Options{Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &Consumer{Base: base, Key: "consumer", PrivateKey: testKey(), Transport: transport}
}

func testToken() *Token {
	return &Token{Token: seal.NewText("AccT0ken"), Secret: seal.NewText("AccS3cret")}
}

// wantNoCanary fails the test when a print of something shows a secret.
func wantNoCanary(t *testing.T, what any) {
	t.Helper()
	printed := fmt.Sprintf("%v %+v %#v", what, what, what)
	for _, canary := range canaries {
		if strings.Contains(printed, canary) {
			t.Errorf("%s is printed: %s", canary, printed)
		}
	}
}
