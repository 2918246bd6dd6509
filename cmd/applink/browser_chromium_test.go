//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestChromium is the rehearsals again, with the pages in Chromium: everything is
// found by the words that a person sees, clicked and pasted.
func TestChromium(t *testing.T) {
	window := startChromium(t)
	var keys counted
	keys.tell(t)
	for _, version := range versions {
		for _, r := range rehearsals {
			t.Run(version+"/"+r.name, func(t *testing.T) {
				t.Parallel()
				walk := rehearse(t, version, newChromium(t, window))
				r.run(walk)
				keys.add(t, walk, r.most)
			})
		}
	}
}

// startChromium starts one Chromium for all rehearsals, which reaches nothing but this
// machine. Without Chromium the test is skipped, unless it was asked for.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	asked := os.Getenv("APPLINK_E2E") != ""
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	switch {
	case path == "" && asked:
		t.Fatal("Chromium is not installed, and APPLINK_E2E asks for it")
	case path == "":
		t.Skip("Chromium is not installed")
	}
	heavy(t)
	profile := t.TempDir()
	ctx, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("password-store", "basic"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"), chromedp.WindowSize(1280, 900))
	window, leave := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(window); err != nil {
			t.Logf("closing Chromium: %v", err)
		}
		leave()
		stop()
	})
	if err := chromedp.Do(window); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return window
}

// chromium is a browser with a session of its own, in a tab of the one Chromium.
type chromium struct {
	t      *testing.T
	window context.Context
	tab    context.Context
	admin  *chromium // the administrator's tab, beside the open form of an application
}

// pagePatience is how long a page may take to show what is looked for.
const pagePatience = 20 * time.Second

func newChromium(t *testing.T, window context.Context) *chromium {
	t.Helper()
	tab, leave := chromedp.NewContext(window, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	c := &chromium{t: t, window: window, tab: tab}
	t.Cleanup(c.picture)
	return c
}

// onPage does something on the page, and ends the test when it cannot.
func onPage[T any](c *chromium, what string, a chromedp.Action[T]) T {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.tab, pagePatience)
	defer cancel()
	got, err := chromedp.Run(ctx, a)
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	return got
}

// picture keeps what the page of a failed test looks like.
func (c *chromium) picture() {
	if !c.t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(c.tab, pagePatience)
	defer cancel()
	address, _ := chromedp.Run(ctx, chromedp.Location())
	page, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	var file *os.File
	if err == nil {
		file, err = os.CreateTemp(c.t.ArtifactDir(), "page-*.png")
	}
	if err != nil {
		c.t.Logf("no picture of %s: %v", address, err)
		return
	}
	defer file.Close()
	file.Write(page)
	c.t.Logf("the page %s is in %s, which -artifacts keeps", address, file.Name())
}

// open opens an address and waits until the page is there.
func (c *chromium) open(address string) {
	c.t.Helper()
	onPage(c, "opening "+address, chromedp.Navigate(address))
}

// seen is the element of a kind that a person sees and knows by these words, a label
// without the mark of a required field.
func seen(kind, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.checkVisibility() &&
		[e.innerText.replace("*", "").trim(), e.ariaLabel].includes(%q))`, kind, words)
}

func (c *chromium) sees(kind, words string) bool {
	c.t.Helper()
	return onPage(c, "looking for "+words, chromedp.Evaluate[bool](seen(kind, words)+" !== undefined"))
}

// button and link press what is named so, and wait for the page that comes.
func (c *chromium) button(name string) { c.t.Helper(); c.press("button", name) }
func (c *chromium) link(name string)   { c.t.Helper(); c.press("a", name) }

func (c *chromium) press(kind, name string) {
	c.t.Helper()
	onPage(c, "pressing "+name, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.JSPath(seen(kind, name))))
		return chromedp.Void{}, err
	})
	if alert := onPage(c, "looking for an alert", chromedp.Evaluate[string](
		`[...document.querySelectorAll("[role=alert]")].map(e => e.innerText).join("; ")`)); alert != "" {
		c.t.Fatalf("after pressing %s the page says %q", name, alert)
	}
}

// tick clicks on a label, which chooses its radio button or goes into its field.
func (c *chromium) tick(name string) {
	c.t.Helper()
	onPage(c, "clicking on "+name, chromedp.Click(chromedp.JSPath(seen("label", name))))
}

// paste replaces what is in the field of a label by pasted text.
func (c *chromium) paste(name, text string) {
	c.t.Helper()
	onPage(c, "clicking into "+name, chromedp.Click(field(name)))
	onPage(c, "selecting all", chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	onPage(c, "pasting", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
	if got := c.holds(name); got != text {
		c.t.Fatalf("pasted %q into %s, which now holds %q", text, name, got)
	}
}

// holds is what the field of a label holds.
func (c *chromium) holds(name string) string {
	c.t.Helper()
	return onPage(c, "reading "+name, chromedp.Value(field(name)))
}

func field(name string) chromedp.JSPath {
	return chromedp.JSPath("(" + seen("label", name) + ")?.control")
}

// text is what a person reads in an element.
func (c *chromium) text(css chromedp.CSS) string {
	c.t.Helper()
	return onPage(c, "reading the page", chromedp.Text(css))
}
