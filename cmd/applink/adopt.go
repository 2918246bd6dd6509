package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/auth"
	"applink/core/finding"
	"applink/core/guide"
	"applink/core/seal"
	"applink/core/setup"
	"applink/tui"
)

// flagKeyPassphrase is a flag that is no question of the set-up: it opens the answer
// to one.
const flagKeyPassphrase = "key-passphrase"

// adoptFields are the questions that adopt can be told the answers to.
var adoptFields = []core.Field{core.FieldApplication, core.FieldAppURL, core.FieldName, core.FieldPurpose, core.FieldPlatform, core.FieldBaseURL,
	core.FieldCAFile, core.FieldVersion, core.FieldOAuth, core.FieldClientID, core.FieldPublicKey, core.FieldPrivateKey,
	core.FieldSecret, core.FieldCallback, core.FieldLoginLink}

func (a *app) adoptCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "adopt", Short: "Take over a link that was set up by hand", Args: cobra.NoArgs,
		Long: `adopt stores a link that exists in Bitbucket already, and asks Bitbucket for the proof.
With that it is the integration's active link: it can be checked, moved to OAuth 2
(migrate) and given another key (rotate).

On a terminal it asks for what the flags leave open. Without one a missing answer is
an error that names its flag; --oauth is 1 then if it is not given, and --platform
data-center. --json prints one document, as setup does.

Of a link whose private key is held by the application, as by Private Packagist, no
private key is asked for; its Public Key helps to prove more, but can be missing.
Over OAuth 1 your own application's private key is imported, as PEM (PKCS#1 or
PKCS#8), over OAuth 2 its Client secret. Both are sealed before they are stored.`,
		Example: `  applink adopt
  applink adopt --application packagist-cloud --name "On-premise Bitbucket" \
      --purpose sign-in --base-url https://git.example.com --client-id 3f9c2e71
  applink adopt --application own --app-url https://ci.example.com --purpose sign-in \
      --base-url https://git.example.com --client-id ci --private-key ci.pem`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			f := setupFlags{adopt: true}
			if f.given, err = a.collect(c); err != nil {
				return err
			}
			if f.passphrase, err = a.keyPassphrase(c); err != nil {
				return err
			}
			return a.setup(c.Context(), nil, f)
		},
	}
	c.Flags().SortFlags = false
	for _, f := range adoptFields {
		c.Flags().String(string(f), "", usages[f])
	}
	c.Flags().Lookup(string(core.FieldClientID)).Usage = "Client ID, which Bitbucket calls Consumer Key over OAuth 1"
	passphraseFlag(c)
	a.jsonFlag(c)
	return c
}

func passphraseFlag(c *cobra.Command) {
	c.Flags().String(flagKeyPassphrase, "", "file with the passphrase of the private key, where it is encrypted; - for standard input")
}

// keyPassphrase reads the passphrase of a private key from its file.
func (a *app) keyPassphrase(c *cobra.Command) (seal.Text, error) {
	path, _ := c.Flags().GetString(flagKeyPassphrase)
	if path == "" {
		return seal.Text{}, nil
	}
	text, err := a.readFile(path)
	return seal.NewText(strings.TrimRight(strings.TrimPrefix(seal.InUTF8(text), "\ufeff"), "\r\n")), err
}

// adoption prepares the walk over a link that was set up by hand: a new one, or one of
// that name whose adoption was begun.
func (sc *script) adoption(ctx context.Context, alone bool) error {
	name, application := sc.given[core.FieldName], sc.given[core.FieldApplication]
	sc.open(sc.lib.BeginAdoption())
	if name != "" {
		s, err := sc.lib.Find(ctx, name)
		if err == nil && (!s.Adopted() || s.Link.State != core.LinkDraft) {
			err = finding.NameTaken.With(name)
		}
		if err == nil {
			sc.open(s)
		}
		if !errors.Is(err, finding.NoSuchIntegration) {
			return err
		}
	}
	if application == "" {
		return nil
	}
	s, err := sc.lib.Adopt(ctx, application)
	if err != nil {
		return err
	}
	sc.open(s)
	sc.created, sc.unnamed = true, name == ""
	if alone {
		sc.suppose(core.FieldName, s.Integration.Name)
		sc.suppose(core.FieldPlatform, string(core.PlatformDataCenter))
		sc.suppose(core.FieldOAuth, string(core.OAuth1))
	}
	return nil
}

// suppose gives an answer where there is none.
func (sc *script) suppose(f core.Field, value string) {
	if _, given := sc.given[f]; !given {
		sc.given[f] = value
	}
}

// adopted tells how far a link that was set up by hand is taken over.
func (a *app) adopted(s *setup.State, end ending) {
	for _, f := range auth.Warnings(s, time.Now()) {
		fmt.Fprintf(a.err, "%s\n", guide.ProblemText(f))
	}
	name, slug := s.Integration.Name, s.Integration.Slug
	switch st := s.Standing(); {
	case end.state == "complete" && st.Problem != nil:
		fmt.Fprintf(a.out, "%s.\n", guide.Headline(s))
		return
	case end.state == "complete":
		fmt.Fprintf(a.out, "%s is taken over: its %s link is the active one.\n", name, s.OAuth())
		return
	}
	fmt.Fprintf(a.out, "%s is stored, but not proved yet.\n", name)
	fmt.Fprintf(a.err, "Correct what is wrong, or go on without proof: applink setup %s --overrule %s\nTo forget it: applink remove %s\n",
		slug, end.steps[0].ID, slug)
}

// offerAdoption asks whether to take over a link that was set up by hand, to be moved
// then, and reports whether somebody could be asked and agreed.
func (a *app) offerAdoption(ctx context.Context, name string) (bool, error) {
	if a.face() == nobody {
		return false, nil
	}
	what := "Nothing is stored yet."
	if name != "" {
		what = fmt.Sprintf("Nothing is stored under the name %q.", name)
	}
	fmt.Fprintf(a.err, "%s Take over a link that was set up by hand, and then move it? Enter to begin, anything else to stop: ", what)
	if answer, err := a.line(); err != nil || answer != "" {
		return false, nil
	}
	a.begins = true
	s, err := a.session(ctx)
	if err != nil {
		return false, err
	}
	if name != "" {
		s.Proposals[core.FieldName] = name
	}
	s.ThenMigrate = true
	return true, a.wizard(ctx, s, tui.RunOptions{Adopt: true})
}
