package core

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestReadRefusal(t *testing.T) {
	const json, xml = "application/json;charset=UTF-8", "application/xml"
	for _, tt := range []struct {
		name, kind, body string
		want             Refusal
	}{
		{"envelope", json, `{"errors":[{"context":null,"message":"You are not currently licensed to use Bitbucket.\nAsk.","exceptionName":"c.NoAccess"}]}`,
			Refusal{Messages: []string{"You are not currently licensed to use Bitbucket. Ask."}, Exception: "c.NoAccess", Envelope: true}},
		{"a field in the envelope", json, `{"errors":[{"context":"key","message":"Too long.","exceptionName":null}]}`,
			Refusal{Messages: []string{"Too long."}, Fields: map[string][]string{"key": {"Too long."}}, Envelope: true}},
		{"no message, then one", json, `{"errors":[{"message":null,"exceptionName":"a.B"},{"message":"No."}]}`,
			Refusal{Messages: []string{"No."}, Exception: "a.B", Envelope: true}},
		{"field errors", "text/json", `{"errors":["Not saved."],"fieldErrors":{"scope":"Unknown.","redirects":["Not https.","Too long."]}}`,
			Refusal{Messages: []string{"Not saved.", "redirects: Not https.", "redirects: Too long.", "scope: Unknown."},
				Fields: map[string][]string{"redirects": {"Not https.", "Too long."}, "scope": {"Unknown."}}, Envelope: true}},
		{"only field errors", json, `{"errors":[],"fieldErrors":{"name":["Taken."]}}`,
			Refusal{Messages: []string{"name: Taken."}, Fields: map[string][]string{"name": {"Taken."}}, Envelope: true}},
		{"errors by field", json, `{"errorMessages":["No."],"errors":{"name":"Taken."}}`,
			Refusal{Messages: []string{"No.", "name: Taken."}, Fields: map[string][]string{"name": {"Taken."}}, Envelope: true}},
		{"errors as a text", json, `{"errors":"No."}`, Refusal{Messages: []string{"No."}}},
		{"unknown route", json, `{"message":"null for uri: https://h/x","status-code":404}`, Refusal{Messages: []string{"null for uri: https://h/x"}}},
		{"null message", json, `{"message":null,"status-code":404}`, Refusal{}},
		{"a number for a message", json, `{"message":5,"error":"Server Error"}`, Refusal{Messages: []string{"Server Error"}}},
		{"oauth", json, `{"error":"invalid_request","error_description":"The code is missing"}`, Refusal{Messages: []string{"The code is missing"}}},
		{"byte order mark, and no kind", "", "\xef\xbb\xbf {\"message\":\"No.\"}", Refusal{Messages: []string{"No."}}},
		{"xml", xml, `<?xml version="1.0" encoding="ISO-8859-1"?><status><status-code>404</status-code><message>HTTP 404 Not&#10;Found</message></status>`,
			Refusal{Messages: []string{"HTTP 404 Not Found"}}},
		{"nested xml", "text/xml", `<errors><error><exceptionName>a.B</exceptionName><message>No.</message></error></errors>`,
			Refusal{Messages: []string{"No."}, Exception: "a.B"}},
		{"cut xml", xml, `<status><message>half`, Refusal{}},
		{"plain", "text/plain", "Too many users.\n", Refusal{Messages: []string{"Too many users."}}},
		{"page", "text/html", `<html><message>no</message></html>`, Refusal{}},
		{"page without a kind", "", `<!doctype html><html><message>no</message></html>`, Refusal{}},
		{"an array", json, `["No."]`, Refusal{}},
		{"a steered terminal", json, "{\"message\":\"a\\u001b[2Jb\\u0007\"}", Refusal{Messages: []string{"a[2Jb"}}},
	} {
		if got := ReadRefusal(http.Header{"Content-Type": {tt.kind}}, []byte(tt.body)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestReadRefusalOfAHeader(t *testing.T) {
	h := http.Header{"X-Authentication-Denied-Reason": {"CAPTCHA_CHALLENGE; login-url=https://git.acme.com/login"}}
	if got := ReadRefusal(h, nil); got.Reason != "CAPTCHA_CHALLENGE" || got.LoginURL != "https://git.acme.com/login" {
		t.Errorf("got %+v", got)
	}
}

func TestReadRefusalIsBounded(t *testing.T) {
	deep := strings.Repeat(`{"errors":[`, 4000) + strings.Repeat(`]}`, 4000)
	many := `{"errors":[` + strings.Repeat(`{"context":"c","message":"`+strings.Repeat("x", 900)+`"},`, 50) + `"end"]}`
	wide := "<a>" + strings.Repeat("<b>", 20000)
	for i, body := range []string{deep, many, wide, strings.Repeat("<message>", 5000)} {
		r := ReadRefusal(http.Header{}, []byte(body))
		if len(r.Messages) > messagesLimit || len(r.Message()) > (messageLimit+4)*messagesLimit {
			t.Errorf("%d: %d messages, %d bytes", i, len(r.Messages), len(r.Message()))
		}
	}
}
