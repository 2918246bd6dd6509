package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const canary = "C4nary"

func TestSecretsOfOAuth2AreMasked(t *testing.T) {
	for _, name := range []string{"client_secret", "code", "access_token", "refresh_token", "id_token", "code_verifier"} {
		pair := name + "=" + canary
		for _, text := range []string{
			pair, "a=b&" + pair + "&c=d", "see " + pair + ", and more",
			`{"a":1,"` + name + `":"` + canary + `"}`,
			`{"` + name + "\" :\n\t\"x\\\"" + canary + `", "kept":"kept"}`,
			"https://localhost:1/callback?" + pair + "&kept=kept",
			"/login?next=" + url.QueryEscape("/authorize?a=b&"+pair+"&kept=kept"),
			"/login?next=" + url.QueryEscape(url.QueryEscape("/authorize?"+pair+"&kept=kept")),
			"/login?next=" + url.QueryEscape("/x?"+name+"="+url.QueryEscape("+/="+canary)),
		} {
			got := string(maskBody([]byte(text)))
			if strings.Contains(got, canary) || !strings.Contains(got, mask) || strings.Contains(text, "kept") != strings.Contains(got, "kept") {
				t.Errorf("%s\nbecame %s", text, got)
			}
			header := maskHeader(http.Header{"Location": {text}, "Www-Authenticate": {"Bearer " + text}})
			if strings.Contains(header.Get("Location")+header.Get("WWW-Authenticate"), canary) {
				t.Errorf("%s\nbecame %v", text, header)
			}
		}
		for _, query := range []string{pair, "a=b&" + pair + "&c", strings.ToUpper(name) + "=" + canary,
			strings.ReplaceAll(pair, "e", "%65"), "next=" + url.QueryEscape("/x?a=b&"+pair)} {
			u := &url.URL{Scheme: "https", Host: "h", Path: "/p", RawQuery: query}
			if got := maskURL(u); strings.Contains(got, canary) {
				t.Errorf("%s\nbecame %s", u, got)
			}
		}
	}
}

func TestMaskKeepsWhatIsNoSecret(t *testing.T) {
	for _, text := range []string{
		`{"error":"invalid_grant","error_description":"The provided refresh_token is invalid"}`,
		`{"errors":[{"context":null,"message":"x","exceptionName":null}],"status-code":404,"sub-code":-1}`,
		"oauth_problem=signature_invalid&status_code=5", `{"token_type":"bearer","expires_in":3600}`,
		"GET&https%3A%2F%2Fh%2Fx&status_code%3D5%26a%3Db",
	} {
		if got := string(maskBody([]byte(text))); got != text {
			t.Errorf("%s\nbecame %s", text, got)
		}
	}
}
