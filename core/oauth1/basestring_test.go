package oauth1

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"applink/core/bitbucket"

	"github.com/dghubble/oauth1"
)

func TestBaseString(t *testing.T) {
	for _, tt := range []struct{ name, method, url, header, form, want string }{
		{
			"RFC 5849 section 3.4.1.1", "POST", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
			`oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", ` +
				`oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a"`,
			"c2&a3=2+q",
			"POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D" +
				"%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1" +
				"%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
		}, {
			"Bitbucket's reading", "post", "HTTPS://BB.Example.com:443/Ctx/plugins?b=2%20%2B&a=~*", "", "",
			"POST&https%3A%2F%2Fbb.example.com%2FCtx%2Fplugins&a%3D~%252A%26b%3D2%2520%252B",
		},
		{"semicolon", "GET", "http://h/?a=1;b=2", "", "", "GET&http%3A%2F%2Fh%2F&a%3D1%253Bb%253D2"},
		{"no path", "GET", "http://h", "", "", "GET&http%3A%2F%2Fh%2F&"},
		{"other scheme's port", "GET", "http://h:443/", "", "", "GET&http%3A%2F%2Fh%3A443%2F&"},
		{"IPv6", "GET", "http://[::1]:80/", "", "", "GET&http%3A%2F%2F%5B%3A%3A1%5D%2F&"},
		{"raw path", "GET", "http://h/a%2Fb//c", "", "", "GET&http%3A%2F%2Fh%2Fa%252Fb%2F%2Fc&"},
	} {
		r, err := http.NewRequest(tt.method, tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := baseString(r, tt.form, authorizationPairs(tt.header)); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// libraryClient signs with the library and sends whatever comes of it.
func libraryClient(signer oauth1.Signer, wire http.RoundTripper) *http.Client {
	client := oauth1.NewClient(oauth1.NoContext, &oauth1.Config{ConsumerKey: "consumer", Signer: signer}, oauth1.NewToken("t", "s"))
	client.Transport.(*oauth1.Transport).Base = wire
	return client
}

// FuzzRequests: whatever can be sent is signed as a server reads it.
func FuzzRequests(f *testing.F) {
	for _, r := range requests {
		f.Add(r.method, r.url, r.contentType, r.body)
	}
	f.Fuzz(func(t *testing.T, method, address, contentType, text string) {
		r, err := http.NewRequest(method, address, strings.NewReader(text))
		if err != nil || r.URL.Host == "" || r.Method != strings.ToUpper(r.Method) || r.URL.Scheme != "http" && r.URL.Scheme != "https" || strings.Contains(contentType, "urlencoded") && !isForm(http.Header{"Content-Type": {contentType}}) {
			return
		}
		r.Header.Set("Content-Type", contentType)
		wire := &direct{verifier: &verifier{key: &testKey().PublicKey}}
		resp, err := (&Consumer{Key: "consumer", PrivateKey: testKey(), Transport: wire}).Client(testToken()).Do(r)
		if err != nil {
			return // it cannot be sent
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("status %d, the server reads %s", resp.StatusCode, wire.base)
		}
	})
}

func FuzzParseReply(f *testing.F) {
	f.Add("oauth_token=a&oauth_token_secret=b&oauth_expires_in=1")
	f.Add("oauth_token=%zz")
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, text string) {
		if unusable(text) != "" {
			return
		}
		values, err := url.ParseQuery(strings.TrimSpace(text))
		if token, secret := values.Get("oauth_token"), values.Get("oauth_token_secret"); err != nil || !bitbucket.TokenLike(token) || !bitbucket.TokenLike(secret) {
			t.Errorf("accepted %q, %q", token, secret)
		}
	})
}
