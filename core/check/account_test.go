package check_test

import (
	"io"
	"net/http"
	"testing"

	"applink/core"
	"applink/core/diagnose"
	"applink/core/finding"
	practice "applink/core/practice/bitbucket"
)

// A password that Bitbucket does not look at for a CAPTCHA, or of an account that is
// not let in, is told as that, in either form and to every kind of call.
func TestBasicOfALockedOutAccount(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  practice.Fault
		status int
		code   core.Code
	}{
		{"captcha", practice.Captcha, 401, finding.CaptchaRequired.Code()},
		{"captcha by header", practice.Captcha, 403, finding.CaptchaRequired.Code()},
		{"no licence", practice.NoLicence, 401, finding.AccountUnlicensed.Code()},
		{"deactivated", practice.NotActive, 401, finding.AccountDisabled.Code()},
	} {
		server, err := practice.Start(t.Context(), "127.0.0.1:0", practice.Options{
			Faults: []practice.Fault{tt.fault}, REST: practice.RESTOptions{CaptchaStatus: tt.status}})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		r, err := http.NewRequest(http.MethodGet, server.BaseURL()+"/rest/api/1.0/application-properties", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("jane", "jane")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		ex := core.Exchange{Method: r.Method, URL: r.URL.String(), Status: resp.StatusCode, Header: resp.Header, Body: body}
		if resp.StatusCode != tt.status {
			t.Errorf("%s: HTTP %d", tt.name, resp.StatusCode)
		}
		for how, f := range map[string]*core.Finding{
			"to a token": diagnose.Bearer(ex), "to a signed call": diagnose.Signed(ex), "at a token endpoint": diagnose.OAuth2(ex, diagnose.OAuth2Call{}),
			"when it was looked for": diagnose.Reach("", []core.Exchange{ex}),
		} {
			if f == nil || f.Code != tt.code || f.Params["message"] == "" {
				t.Errorf("%s, %s: %v", tt.name, how, f)
			} else if login := f.Params["login"]; tt.status == 403 && login != server.BaseURL()+"/login" {
				t.Errorf("%s, %s: sign in at %q", tt.name, how, login)
			}
		}
	}
}

// An account that is locked out after it gave consent is the cause that is told, where
// Bitbucket tells it, and not its token; to a signed call it answers without a word.
func TestDanceOfALockedOutAccount(t *testing.T) {
	for fault, code := range map[practice.Fault]core.Code{practice.NoLicence: finding.AccountUnlicensed.Code(), practice.NotActive: finding.AccountDisabled.Code()} {
		t.Run(string(fault), func(t *testing.T) {
			p, d := begin2(t, "", fault)
			want(t, d.Submit(t.Context(), p.decide(d, true)), core.Failed, code)

			p, d = begin(t, true, fault)
			o := d.Submit(t.Context(), p.decide(d, true))
			want(t, o, core.Failed, finding.RefusedWithoutReason.Code())
			if o.Finding.Params["echo"] != "yes" {
				t.Errorf("particulars %v", o.Finding.Params)
			}
		})
	}
}
