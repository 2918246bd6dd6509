package oauth

import (
	"net/http"
	"strings"
	"testing"
)

// request is a row for the two tables below.
type request struct {
	name, method, url, contentType, body string
	host                                 string // Host header that differs from the URL
	why                                  string // part of the reason; "" where the request is signed rightly
}

const formType = "application/x-www-form-urlencoded"

var requests = []request{
	{name: "query key repeated", url: "http://bb/ctx/a?a=1&a=2", why: "query has the same parameter twice"},
	{name: "query pair repeated", url: "http://bb/ctx/a?a=1&a=1", why: "query has the same parameter twice"},
	{name: "form key repeated", method: "POST", url: "http://bb/ctx/a", contentType: formType, body: "a=1&a=2", why: "form has the same parameter twice"},
	{name: "key in form and query", method: "POST", url: "http://bb/ctx/a?a=1", contentType: formType, body: "a=2", why: "in the query and in the form"},
	{name: "form with charset", method: "POST", url: "http://bb/ctx/a", contentType: formType + "; charset=UTF-8", body: "a=1", why: "Content-Type must be exactly"},
	{name: "form in another case", method: "POST", url: "http://bb/ctx/a", contentType: "Application/X-WWW-Form-URLencoded", body: "a=1", why: "Content-Type must be exactly"},
	{name: "semicolon in the query", url: "http://bb/ctx/a?a=1;b=2", why: "write it %3B"},
	{name: "no path", url: "http://bb", why: "has no path"},
	{name: "no path but a query", url: "http://bb?a=1", why: "has no path"},
	{name: "443 over http", url: "http://bb:443/ctx/a", why: "names port 80 or 443"},
	{name: "80 over https", url: "https://bb:80/ctx/a", why: "names port 80 or 443"},
	{name: "IPv6 with default port", url: "http://[::1]:80/ctx/a", why: "names port 80 or 443"},
	{name: "IPv6 with default port of https", url: "https://[::1]:443/ctx/a", why: "names port 80 or 443"},
	{name: "other Host header", url: "http://bb/ctx/a", host: "cc", why: "Host header differs"},
	{name: "broken escape", url: "http://bb/ctx/a?a=%zz", why: "broken percent escape"},
	{name: "host that is not ASCII", url: "http://bücher.example/ctx/a", why: "not ASCII"},
	{name: "protocol parameter in the query", url: "http://bb/ctx/a?oauth_nonce=1", why: "a parameter of OAuth's own"},

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

// TestRequests sends what is signed rightly and nothing else. That the table's
// refusals are needed is shown by TestLibrarySignsWrongly.
func TestRequests(t *testing.T) {
	for _, tt := range requests {
		t.Run(tt.name, func(t *testing.T) {
			wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
			c := &Consumer{Key: "consumer", PrivateKey: testKey(), Transport: wire}
			resp, err := c.Client(testToken()).Do(tt.make(t))
			if tt.why != "" {
				f := wantFinding(t, err, "AL-OAUTH-022")
				if !strings.Contains(f.Params["why"], tt.why) || wire.sent != 0 {
					t.Errorf("reason %q after %d requests, want %q", f.Params["why"], wire.sent, tt.why)
				}
				return
			}
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

// TestLibrarySignsWrongly shows that each refusal is earned: signed by the
// library alone, the server turns the request down. When a newer version of the
// library fixes a row, this test says so.
func TestLibrarySignsWrongly(t *testing.T) {
	for _, tt := range requests {
		t.Run(tt.name, func(t *testing.T) {
			wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
			one := &signed{consumer: &Consumer{Key: "consumer", PrivateKey: testKey()}}
			resp, err := libraryClient(one, wire).Do(tt.make(t))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if right := resp.StatusCode == http.StatusOK; right != (tt.why == "") {
				t.Errorf("the library signs it rightly: %v", right)
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

func TestRefusesWrongBase(t *testing.T) {
	wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
	c := &Consumer{Base: "http://[::1]:80/ctx", Key: "consumer", PrivateKey: testKey(), Transport: wire}
	_, exchange, err := c.RequestToken(t.Context(), "oob")
	wantFinding(t, err, "AL-OAUTH-022")
	if exchange.Method != "" || wire.sent != 0 {
		t.Errorf("sent %d, exchange %+v", wire.sent, exchange)
	}
}
