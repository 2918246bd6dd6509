//go:build unix

package main

import (
	"encoding/base64"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/hinshun/vt10x"

	"applink/core/seal"
)

// TestPictures draws chosen screens of the wizard, dark and light and at two sizes, into
// the folder that APPLINK_PICTURES names, to be looked at.
func TestPictures(t *testing.T) {
	dir := os.Getenv("APPLINK_PICTURES")
	if dir == "" {
		t.Skip("APPLINK_PICTURES names no folder")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	window := startChromium(t)
	for _, background := range []string{"dark", "light"} {
		t.Run(background, func(t *testing.T) {
			t.Parallel()
			tm := start(t, 80, 24, environment(t.TempDir(), "APPLINK_BACKGROUND="+background), "practice", "--bitbucket", "8.19")
			p := &pictures{rehearsal: rehearsalOn(t, tm, "8.19", newForms(t)), chromium: newChromium(t, window), dir: dir, background: background}
			p.walk()
		})
	}
}

// pictures is a walk that is photographed.
type pictures struct {
	*rehearsal
	chromium        *chromium
	dir, background string
	n               int
}

// walk meets ten screens worth looking at: the first one, a choice, a form, a remedy, a
// page with several windows, a proof that is waited for, one that was refused, a sign-in,
// the end, and the list.
func (p *pictures) walk() {
	const url = "https://app.example.com/build"
	t := p.rehearsal
	p.take("home-first")
	t.send(enter)
	t.at("Which application will use Bitbucket?")
	p.take("choice")
	t.choose("Your own application")
	t.at("Your own application")
	p.take("form")
	t.form(entry{"Application URL", url}, entry{"Name", ownName}, entry{"Base URL", strings.TrimSuffix(t.bitbucket, "/bitbucket")})
	t.waitFor("Bitbucket answers at another path")
	p.take("remedy")
	t.send(enter)
	t.at("Which OAuth version should the link use?")
	t.choose("OAuth 1")
	t.at("Create the link in Bitbucket")
	p.take("create-link")
	t.createLink(url, ownName)
	t.at("Incoming Authentication")
	t.waitFor("key not known yet")
	p.take("incoming-waiting")
	key, name, public := t.value("Consumer Key"), t.value("Consumer Name"), t.value("Public Key")
	other := must(must(seal.GenerateKey(t.t.Context(), 2048)).PublicPEM())
	t.saveIncoming(ownName, consumer{key, name, other})
	t.waitFor("Bitbucket has another public key")
	p.take("incoming-refused")
	t.saveIncoming(ownName, consumer{key, name, public})
	t.at("Sign in once, as proof")
	t.waitFor("the browser comes back here by itself")
	p.take("sign-in")
	t.allow(t.page())
	t.at(ownName + " is set up")
	p.take("done")
	t.send("\x1b")
	t.waitFor("enter open")
	p.take("home")
}

// take draws the screen at both sizes.
func (p *pictures) take(name string) {
	p.n++
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		p.resize(size[0], size[1])
		p.settled()
		page := "data:text/html;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(p.html()))
		onPage(p.chromium, "drawing "+name, chromedp.Navigate(page))
		picture := onPage(p.chromium, "photographing "+name, chromedp.Screenshot(chromedp.CSS("pre")))
		file := fmt.Sprintf("%02d-%s-%s-%dx%d.png", p.n, name, p.background, size[0], size[1])
		if err := os.WriteFile(filepath.Join(p.dir, file), picture, 0o644); err != nil {
			p.rehearsal.t.Fatal(err)
		}
	}
}

// html is the screen of the terminal as a page.
func (p *pictures) html() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	fg, bg := "#d8d8d8", "#1c1c1c"
	if p.background == "light" {
		fg, bg = "#262626", "#ffffff"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<body style='margin:0'><pre style='display:inline-block;margin:0;padding:8px;font:16px/1.2 \"DejaVu Sans Mono\",monospace;color:%s;background:%s'>", fg, bg)
	width, height := p.vt.Size()
	for y := range height {
		for x := range width {
			cell := p.vt.Cell(x, y)
			style := ""
			if cell.FG < vt10x.DefaultFG {
				style += "color:" + xterm(cell.FG) + ";"
			}
			if cell.BG < vt10x.DefaultFG {
				style += "background:" + xterm(cell.BG) + ";"
			}
			if cell.FG == vt10x.DefaultBG { // reversed
				style += "color:" + bg + ";background:" + fg + ";"
			}
			if cell.Mode&bold != 0 {
				style += "font-weight:bold;"
			}
			fmt.Fprintf(&b, "<span style='%s'>%s</span>", style, html.EscapeString(string(max(cell.Char, ' '))))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// bold is the attribute of vt10x, which does not export it.
const bold = 1 << 2

// xterm is a colour of the usual palette of 256.
func xterm(c vt10x.Color) string {
	named := []string{"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
		"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"}
	level := func(n vt10x.Color) vt10x.Color {
		if n == 0 {
			return 0
		}
		return 55 + 40*n
	}
	switch n := c - 16; {
	case c < 16:
		return named[c]
	case c < 232:
		return fmt.Sprintf("rgb(%d,%d,%d)", level(n/36), level(n/6%6), level(n%6))
	default:
		grey := 8 + 10*(c-232)
		return fmt.Sprintf("rgb(%d,%d,%d)", grey, grey, grey)
	}
}
