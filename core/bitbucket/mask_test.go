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
			header := (&secrets{}).header(http.Header{"Location": {text}, "Www-Authenticate": {"Bearer " + text}})
			if strings.Contains(header.Get("Location")+header.Get("WWW-Authenticate"), canary) {
				t.Errorf("%s\nbecame %v", text, header)
			}
		}
		for _, query := range []string{pair, "a=b&" + pair + "&c", strings.ToUpper(name) + "=" + canary,
			strings.ReplaceAll(pair, "e", "%65"), "next=" + url.QueryEscape("/x?a=b&"+pair)} {
			u := &url.URL{Scheme: "https", Host: "h", Path: "/p", RawQuery: query}
			if got := (&secrets{}).url(u); strings.Contains(got, canary) {
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

// What another exchange sent is known by the name of its field only, in whatever way
// the name is spelt.
func TestFieldNamesAreTheSecondNet(t *testing.T) {
	for _, text := range []string{
		`{"accessToken":"C4nary"}`, `{"CLIENT_SECRET" : "C4nary"}`, `{"access-token":"C4nary"}`, `{"codeVerifier":"x\"C4nary"}`,
		`{"request":"{\"client_secret\":\"C4nary\"}"}`, `{"r":"{\\\"clientSecret\\\": \\\"C4nary\\\"}"}`,
		`{'client_secret': 'C4nary'}`, `client_secret='C4nary'`, `clientSecret="C4nary"`, `Client_Secret=C4nary`,
		`<input type="hidden" name="client_secret" value="C4nary">`, `<input name=code value=C4nary>`, `<INPUT NAME='clientSecret' VALUE='C4nary'/>`,
		`<td>client_secret</td><td>C4nary</td>`, `<tr><th class="a">Refresh Token</th> <td>kept</td><th>refresh_token:</th>` + "\n" + `<td class="b">C4nary</td></tr>`,
		`<clientSecret>C4nary</clientSecret>`, `<refresh_token type="x">C4nary</refresh_token>`,
		`{&quot;client_secret&quot;:&quot;C4nary&quot;}`, `Authorization: Bearer C4nary`, `"authorization":"Basic C4nary"`, `j_password=C4nary`,
		`{client_secret=C4nary, grant_type=x}`, `oauth_signature="C4nary"`, `/x?next=%2Fy%3Fa%26client_secret%3DC4nary`,
	} {
		got := string(maskBody([]byte(text)))
		if strings.Contains(got, canary) || !strings.Contains(got, mask) || strings.Contains(text, "kept") != strings.Contains(got, "kept") {
			t.Errorf("%s\nbecame %s", text, got)
		}
	}
	for _, text := range []string{
		`Bearer realm="Bitbucket", error="invalid_token"`, `<code>git clone</code>`, `{"errorCode":"AL-1","status-code":4}`, "status-code=5&error_code=7",
		"Basic authentication is disabled on this server", "the client_secret is missing", `<title>Authorization required</title>`, `{"passwordPolicy":"strict"}`,
	} {
		if got := string(maskBody([]byte(text))); got != text {
			t.Errorf("%s\nbecame %s", text, got)
		}
	}
}
