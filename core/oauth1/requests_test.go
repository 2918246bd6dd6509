package oauth1

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dghubble/oauth1"
)

// request is a row for the two tables below.
type request struct {
	name, method, url, contentType, body string
	host                                 string // Host header that differs from the URL
	library                              bool   // whether the library alone signs it wrongly
}

const wrong = true

const formType = "application/x-www-form-urlencoded"

var requests = []request{
	{name: "query key repeated", url: "http://bb/ctx/a?a=1&a=2", library: wrong},
	{name: "query pair repeated", url: "http://bb/ctx/a?a=1&a=1", library: wrong},
	{name: "form key repeated", method: "POST", url: "http://bb/ctx/a", contentType: formType, body: "a=1&a=2", library: wrong},
	{name: "key in form and query", method: "POST", url: "http://bb/ctx/a?a=1", contentType: formType, body: "a=2", library: wrong},
	{name: "form with charset", method: "POST", url: "http://bb/ctx/a", contentType: formType + "; charset=UTF-8", body: "a=1", library: wrong},
	{name: "form in another case", method: "POST", url: "http://bb/ctx/a", contentType: "Application/X-WWW-Form-URLencoded", body: "a=1", library: wrong},
	{name: "semicolon in the query", url: "http://bb/ctx/a?a=1;b=2", library: wrong},
	{name: "no path", url: "http://bb", library: wrong},
	{name: "no path but a query", url: "http://bb?a=1", library: wrong},
	{name: "443 over http", url: "http://bb:443/ctx/a", library: wrong},
	{name: "80 over https", url: "https://bb:80/ctx/a", library: wrong},
	{name: "IPv6 with default port", url: "http://[::1]:80/ctx/a", library: wrong},
	{name: "IPv6 with default port of https", url: "https://[::1]:443/ctx/a", library: wrong},
	{name: "other Host header", url: "http://bb/ctx/a", host: "cc", library: wrong},
	{name: "broken escape", url: "http://bb/ctx/a?a=%zz", library: wrong},
	{name: "host that is not ASCII", url: "http://bücher.example/ctx/a", library: wrong},
	{name: "protocol parameter in the query", url: "http://bb/ctx/a?oauth_nonce=1", library: wrong},

	{name: "plain", url: "http://bb/ctx/a?b=c"},
	{name: "escaped semicolon", url: "http://bb/ctx/a?b=c%3Bd"},
	{name: "encoded slash", url: "http://bb/ctx/a%2Fb?c=d%2Fe"},
	{name: "double slash and tilde", url: "http://bb/ctx//~user/repos"},
	{name: "blanks and plus", url: "http://bb/ctx/a%20b?c=d+e%20f%2Bg&h=*"},
	{name: "UTF-8", url: "http://bb/ctx/ü?ä=ö%C3%BC"},
	{name: "key without value", url: "http://bb/ctx/a?flag&other="},
	{name: "prefix sorting", url: "http://bb/ctx/a?a=z&a1=y&a-b=x&A=w"},
	{name: "fragment", url: "http://bb/ctx/a?b=c#d"},
	{name: "upper-case host", url: "http://BB.Example/ctx/a"},
	{name: "80 over http", url: "http://bb:80/ctx/a"},
	{name: "443 over https", url: "https://bb:443/ctx/a"},
	{name: "IPv6 with another port", url: "http://[::1]:7990/ctx/a"},
	{name: "JSON", method: "POST", url: "http://bb/ctx/a?b=c", contentType: "application/json", body: `{"a":["1"]}`},
	{name: "form", method: "POST", url: "http://bb/ctx/a?b=c", contentType: formType, body: "a=1+2&d=%2B&e"},
	{name: "form that is empty", method: "POST", url: "http://bb/ctx/a", contentType: formType + "; charset=UTF-8"},
	{name: "form by PUT", method: "PUT", url: "http://bb/ctx/a", contentType: formType, body: "a=1"},
	{name: "delete with query", method: "DELETE", url: "http://bb/ctx/a?b=c"},
}

// TestRequests: a server that reads RFC 5849 in its own way takes every request.
func TestRequests(t *testing.T) {
	for _, tt := range requests {
		t.Run(tt.name, func(t *testing.T) {
			wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
			c := &Consumer{Key: "consumer", PrivateKey: testKey(), Transport: wire}
			resp, err := c.Client(testToken()).Do(tt.make(t))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("status %d, base string of the server %s", resp.StatusCode, wire.base)
			}
		})
	}
}

func (r request) make(t *testing.T) *http.Request {
	t.Helper()
	out, err := http.NewRequestWithContext(t.Context(), r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if r.contentType != "" {
		out.Header.Set("Content-Type", r.contentType)
	}
	if r.host != "" {
		out.Host = r.host
	}
	return out
}

// TestLibrarySignsWrongly shows why the base string is ours: signed by the library alone,
// the server turns these requests down.
func TestLibrarySignsWrongly(t *testing.T) {
	for _, tt := range requests {
		t.Run(tt.name, func(t *testing.T) {
			wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
			resp, err := libraryClient(&oauth1.RSASigner{PrivateKey: testKey()}, wire).Do(tt.make(t))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if refused := resp.StatusCode != http.StatusOK; refused != tt.library {
				t.Errorf("the library signs it wrongly: %v", refused)
			}
		})
	}
}

func TestFormTooLarge(t *testing.T) {
	c := &Consumer{Key: "consumer", PrivateKey: testKey(), Transport: &direct{verifier: &verifier{key: &testKey().PublicKey}}}
	_, err := c.Client(testToken()).Post("http://bb/ctx/a", formType, strings.NewReader("a="+strings.Repeat("b", formLimit)))
	if err == nil || !strings.Contains(err.Error(), errFormTooLarge.Error()) {
		t.Errorf("error %v", err)
	}
}

// An endpoint on a default port that is written out is signed without it.
func TestEndpointOnADefaultPort(t *testing.T) {
	wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
	c := &Consumer{Base: "http://[::1]:80/ctx", Key: "consumer", PrivateKey: testKey(), Transport: wire}
	if _, exchange, err := c.RequestToken(t.Context(), "oob"); err != nil || exchange.Status != http.StatusOK {
		t.Errorf("exchange %+v, %v", exchange, err)
	}
}
