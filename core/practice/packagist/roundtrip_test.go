package packagist

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	practice "applink/core/practice/bitbucket"
	"applink/core/practice/browser"
)

// roundTrip is a practice Bitbucket with an incoming link for the integration
// of a practice Private Packagist.
type roundTrip struct {
	bitbucket *practice.Bitbucket
	packagist *Server
	admin     *browser.PackagistAdmin
	base      string // of Bitbucket
	link      string // login link
}

func newRoundTrip(t *testing.T, bo practice.Options, po Options) *roundTrip {
	t.Helper()
	b, err := practice.Start(t.Context(), "127.0.0.1:0", bo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	rt := &roundTrip{bitbucket: b.Bitbucket, packagist: startPackagist(t, po), base: b.BaseURL()}
	rt.admin = browser.NewPackagistAdmin(rt.packagist.URL())
	id, key, err := rt.admin.AddOAuth1(t.Context(), "On-premise Bitbucket", rt.base)
	if err != nil {
		t.Fatal(err)
	}
	root := browser.NewAdmin(rt.base)
	if err := root.Login(t.Context(), "admin", "admin"); err != nil {
		t.Fatal(err)
	}
	if _, err := root.CreateOAuth1Link(t.Context(), browser.LinkForm{ApplicationURL: rt.packagist.URL() + "/",
		Name: "Private Packagist", ConsumerKey: id, PublicKey: key}); err != nil {
		t.Fatal(err)
	}
	if rt.link, err = rt.admin.LoginLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	return rt
}

// consent logs in to Bitbucket in a fresh browser and allows or denies. The
// password of these people is their name.
func (rt *roundTrip) consent(name string, allow bool) func(context.Context, string) (string, error) {
	return func(ctx context.Context, authorizeURL string) (string, error) {
		user := browser.NewAdmin(rt.base)
		if err := user.Login(ctx, name, name); err != nil {
			return "", err
		}
		return user.Authorize(ctx, authorizeURL, allow)
	}
}

func TestSignsInWithBitbucket(t *testing.T) {
	users := []practice.User{{ID: 7, Name: "jo@acme", Password: "jo@acme", Slug: "jo_acme", DisplayName: "Jo"}}
	for _, tt := range []struct {
		name      string
		bitbucket practice.Options
		packagist Options
		user      string
		want      string
	}{
		{"old look", practice.Options{Version: "7.17"}, Options{}, "jane", "Jane Doe (jane)"},
		{"new look, better key", practice.Options{Version: "9.4"}, Options{KeyBits: 2048, SelfHosted: true}, "jane", "Jane Doe (jane)"},
		{"slug is not the name", practice.Options{Users: users}, Options{}, "jo@acme", "Jo (jo@acme)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := newRoundTrip(t, tt.bitbucket, tt.packagist)
			got, err := rt.admin.SignIn(t.Context(), rt.link, rt.consent(tt.user, true))
			if err != nil || got != tt.want {
				t.Errorf("signed in as %q, want %q: %v", got, tt.want, err)
			}
		})
	}
}

func TestShowsWhatBitbucketAnswered(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*roundTrip)
		allow bool
		want  []string
	}{
		{"denied", func(*roundTrip) {}, false, []string{"Access was denied"}},
		{"consumer gone", func(rt *roundTrip) { rt.bitbucket.RemoveConsumer(rt.bitbucket.Consumers()[0].Key) }, true,
			[]string{"asking for a request token", "401 Unauthorized", "consumer_key_unknown"}},
		{"clock", func(rt *roundTrip) { rt.packagist.options.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, true,
			[]string{"400 Bad Request", "timestamp_refused"}},
		{"another key", func(rt *roundTrip) {
			key, _, err := newPackagistKey(1024, time.Now())
			if err != nil {
				panic(err)
			}
			rt.packagist.change("onpremisebitbucket", func(in *integration) { in.key = key })
		}, true, []string{"signature_invalid"}},
		{"nothing listens", func(rt *roundTrip) {
			rt.packagist.change("onpremisebitbucket", func(in *integration) { in.BaseURL = "http://127.0.0.1:1" })
		}, true, []string{"could not be reached"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := newRoundTrip(t, practice.Options{}, Options{})
			tt.spoil(rt)
			_, err := rt.admin.SignIn(t.Context(), rt.link, rt.consent("jane", tt.allow))
			if err == nil {
				t.Fatal("signed in")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the page does not say %q: %v", want, err)
				}
			}
		})
	}
}

// A callback counts once, and only in the browser that began.
func TestCallbackIsBoundToItsBrowser(t *testing.T) {
	rt := newRoundTrip(t, practice.Options{}, Options{})
	var back string
	keep := func(ctx context.Context, authorizeURL string) (string, error) {
		var err error
		back, err = rt.consent("jane", true)(ctx, authorizeURL)
		return rt.packagist.URL() + "/profile", err
	}
	if got, err := rt.admin.SignIn(t.Context(), rt.link, keep); err == nil {
		t.Fatalf("signed in as %q without the callback", got)
	}
	for range 2 {
		resp, err := http.Get(back)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadGateway {
			t.Errorf("another browser's callback: %d", resp.StatusCode)
		}
	}
}

func TestSynchronization(t *testing.T) {
	for version, want := range map[string]string{"7.21": "", "8.0": "can no longer be used to set up synchronizations"} {
		rt := newRoundTrip(t, practice.Options{Version: version}, Options{})
		s := rt.packagist
		post := func(project string) string {
			t.Helper()
			page, err := rt.admin.Open(t.Context(), s.root()+"/synchronizations")
			if err == nil {
				page, err = rt.admin.FillIn(t.Context(), page, "add-onpremisebitbucket", "project", project)
			}
			if err != nil {
				t.Fatal(err)
			}
			return page.Value("problem")
		}
		if said := post("PRJ"); !strings.Contains(said, "Log in with On-premise Bitbucket first") {
			t.Errorf("not signed in: %q", said)
		}
		if _, err := rt.admin.Browser.SignIn(t.Context(), rt.link, rt.consent("jane", true)); err != nil {
			t.Fatal(err)
		}
		if said := post("not a key"); !strings.Contains(said, "key of a Bitbucket project") {
			t.Errorf("a bad key: %q", said)
		}
		if said := post("prj"); want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("Bitbucket %s: %q, want %q", version, said, want)
		}
		if got := len(s.all()[0].Projects); (got == 1) != (want == "") {
			t.Errorf("Bitbucket %s: %d synchronizations", version, got)
		}
	}
}
