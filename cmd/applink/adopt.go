package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui"
)

// The flags of adopt that are no questions of the set-up.
const (
	flagPrivateKey    = "private-key"
	flagKeyPassphrase = "key-passphrase"
)

// adoptFields are the questions that adopt can be told the answers to.
var adoptFields = []core.Field{core.FieldApplication, core.FieldAppURL, core.FieldName, core.FieldPurpose, core.FieldBaseURL,
	core.FieldCAFile, core.FieldVersion, core.FieldOAuth, core.FieldClientID, core.FieldPublicKey, core.FieldSecret,
	core.FieldCallback, core.FieldLoginLink}

func (a *app) adoptCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "adopt", Short: "Take over a link that was set up by hand", Args: cobra.NoArgs,
		Long: `adopt stores a link that exists in Bitbucket already, and asks Bitbucket for the proof.
With that it is the integration's active link: it can be checked, moved to OAuth 2
(migrate) and given another key (rotate).

Of a link whose private key is held by the application, as by Private Packagist, no
private key is asked for; its Public Key helps to prove more, but can be missing.
Over OAuth 1 your own application's private key is imported, as PEM (PKCS#1 or
PKCS#8), over OAuth 2 its Client secret. Both are sealed before they are stored.`,
		Example: `  applink adopt --application packagist-cloud --name "On-premise Bitbucket" \
      --purpose sign-in --base-url https://git.example.com --client-id 3f9c2e71
  applink adopt --application own --app-url https://ci.example.com --purpose sign-in \
      --base-url https://git.example.com --client-id ci --private-key ci.pem`,
		RunE: func(c *cobra.Command, _ []string) error { return a.adopt(c) },
	}
	c.Flags().SortFlags = false
	for _, f := range adoptFields {
		usual := ""
		if f == core.FieldOAuth {
			usual = string(core.OAuth1)
		}
		c.Flags().String(string(f), usual, usages[f])
	}
	c.Flags().Lookup(string(core.FieldClientID)).Usage = "Client ID, which Bitbucket calls Consumer Key over OAuth 1"
	c.Flags().String(flagPrivateKey, "", "file with the private key of an own application; - for standard input")
	c.Flags().String(flagKeyPassphrase, "", "file with its passphrase, where it is encrypted")
	return c
}

func (a *app) adopt(c *cobra.Command) error {
	lib, err := a.open(c.Context())
	if err != nil {
		return err
	}
	ask := &asker{app: a, command: c, lines: bufio.NewReader(a.in)}
	adoption := ask.adoption(lib)
	if ask.err != nil {
		return ask.err
	}
	s, err := lib.Adopt(c.Context(), adoption)
	if err != nil {
		return err
	}
	for _, f := range auth.Warnings(s, time.Now()) {
		fmt.Fprintf(a.err, "%s\n", tui.PlainProblem(f))
	}
	return a.prove(c.Context(), lib, s)
}

// prove asks Bitbucket about the adopted link, and says what can be done next.
func (a *app) prove(ctx context.Context, lib *auth.Library, s *setup.State) error {
	fmt.Fprintf(a.err, "Asking %s about %s.\n", dash(s.Values()["host"]), s.Integration.Name)
	var c checked
	c.state, c.outcomes, c.err = lib.Check(ctx, s, a.checker(lib))
	if ctx.Err() != nil {
		return tui.ErrInterrupted
	}
	if c.err != nil {
		return c.err
	}
	a.printChecked(c)
	name, slug := s.Integration.Name, s.Integration.Slug
	if c.state.Link.State == core.LinkActive {
		fmt.Fprintf(a.out, "%s is taken over: its %s link is the active one.\n", name, c.state.OAuth())
		next := "check"
		if c.state.OAuth() == core.OAuth1 {
			next = "migrate"
		}
		fmt.Fprintf(a.err, "Next: applink %s %s\n", next, slug)
		return nil
	}
	at := c.state.Current()
	fmt.Fprintf(a.out, "%s is stored, but not proved yet.\n", name)
	fmt.Fprintf(a.err, "Correct what is wrong, or go on without proof: applink setup %s --overrule %s\nTo forget it: applink remove %s\n",
		slug, at.Step.ID, slug)
	return exit(verdicts[c.verdict()].code)
}

// asker takes what is needed from flags, and asks for what is missing.
type asker struct {
	*app
	command *cobra.Command
	lines   *bufio.Reader
	err     error // the first one; nothing is asked after it
}

// adoption collects what the application and the protocol need.
func (k *asker) adoption(lib *auth.Library) auth.Adoption {
	a := auth.Adoption{OAuth: core.OAuth(k.flag(core.FieldOAuth)), Application: k.need(core.FieldApplication)}
	app := core.Application{}
	for _, known := range lib.Applications() {
		if known.ID == a.Application {
			app = known
		}
	}
	if k.err == nil && app.ID == "" {
		return a // the library says which there are
	}
	if app.URL == "" {
		a.AppURL = k.need(core.FieldAppURL)
	}
	a.Name, a.Purpose, a.BaseURL = k.flag(core.FieldName), k.need(core.FieldPurpose), k.need(core.FieldBaseURL)
	a.CAFile, a.Version, a.LoginLink = k.flag(core.FieldCAFile), k.flag(core.FieldVersion), k.flag(core.FieldLoginLink)
	a.ClientID = k.need(core.FieldClientID)
	if a.OAuth == core.OAuth2 {
		a.Callback = k.need(core.FieldCallback)
	}
	a.PublicKey = k.file(string(core.FieldPublicKey), false).Reveal()
	here := app.Holder == core.HeldHere
	a.PrivateKey = k.privateKey(here && a.OAuth == core.OAuth1)
	a.ClientSecret = k.file(string(core.FieldSecret), here && a.OAuth == core.OAuth2)
	return a
}

func (k *asker) flag(f core.Field) string {
	v, _ := k.command.Flags().GetString(string(f))
	return v
}

// need returns an answer that must not be missing.
func (k *asker) need(f core.Field) string {
	if v := k.flag(f); v != "" || k.err != nil {
		return v
	}
	return k.ask(string(f), usages[f])
}

// ask asks for one line; with nobody to ask, the finding names the flag.
func (k *asker) ask(flag, words string) string {
	if k.face() == nobody {
		k.err = core.Find("AL-INPUT-001", "", "flag", "--"+flag)
		return ""
	}
	fmt.Fprintf(k.app.err, "%s (--%s): ", words, flag)
	text, err := k.lines.ReadString('\n')
	text = strings.TrimSpace(text)
	if text == "" && (err == nil || errors.Is(err, io.EOF)) {
		err = core.Find("AL-INPUT-001", "", "flag", "--"+flag)
	}
	if text == "" {
		k.err = err
	}
	return text
}

// file reads the file that a flag names. A wanted one is asked for.
func (k *asker) file(flag string, wanted bool) seal.Text {
	path, _ := k.command.Flags().GetString(flag)
	if path == "" && wanted && k.err == nil {
		path = k.ask(flag, k.command.Flags().Lookup(flag).Usage)
	}
	if path == "" || k.err != nil {
		return seal.Text{}
	}
	text, err := k.readFile(path)
	k.err = err
	return seal.NewText(text)
}

// privateKey reads the private key, with its passphrase where it has one.
func (k *asker) privateKey(wanted bool) *seal.PrivateKey {
	text := k.file(flagPrivateKey, wanted)
	if text.Empty() || k.err != nil {
		return nil
	}
	key, err := seal.ParsePrivateKey(text)
	if isFinding(err, "AL-KEY-010") {
		passphrase := k.file(flagKeyPassphrase, false)
		if passphrase.Empty() && k.err == nil && isTerminal(k.in) && k.face() != nobody {
			passphrase, k.err = k.readSecret("Passphrase of the private key: ")
		}
		if k.err != nil {
			return nil
		}
		key, err = seal.DecryptPrivateKey(text, seal.NewText(strings.TrimRight(passphrase.Reveal(), "\r\n")))
	}
	k.err = err
	return key
}
