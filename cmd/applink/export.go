package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"applink/core/auth"
	"applink/core/finding"
	"applink/core/setup"
)

func (a *app) exportCommand() *cobra.Command {
	var kind, to string
	var stdout bool
	c := &cobra.Command{
		Use: "export NAME", Short: "Hand the key of an integration to its application", Args: arguments("NAME"),
		Long: `export writes what the application needs to use the link in use: the private key, or all
values of the link. It goes to a new file that only you can read, or to standard output
with --stdout, and nowhere else. Each key is read again and compared before it is
handed out, and the log notes that it was: "show", "rotate" and "remove" remind you of
the copy.

The kinds of an OAuth 1 link:
  pkcs1              the private key as PEM, "BEGIN RSA PRIVATE KEY"
  pkcs8              the private key as PEM, "BEGIN PRIVATE KEY"
  pkcs8-line         the same in one line, without its BEGIN and END lines
  pem-base64         pkcs1, all of it in base64 once more, in one line
  spki, certificate  the public half, which is no secret
Of each link:
  snippet            the application's own configuration, where it is known
  env                NAME=VALUE lines; BITBUCKET_PRIVATE_KEY_BASE64 is pem-base64
  kubernetes-secret  a Secret in YAML
  json               one JSON object`,
		Example: `  applink export build-farm --kind pkcs8 --to key.pem
  applink export build-farm --kind kubernetes-secret --stdout | kubectl apply -f -`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" && !stdout {
				return finding.AnswerMissing.With("--to or --stdout")
			}
			s, err := a.find(c, args[0])
			if err != nil {
				return err
			}
			s = s.Links().InUse()
			if kind == "" {
				kind = auth.UsualExport(s)
			}
			if to != "" {
				if _, err := os.Lstat(to); err == nil { // before the log notes a copy
					return finding.ExportFileExists.With(to)
				}
			}
			e, err := a.library.Export(c.Context(), s, kind)
			if err != nil {
				return err
			}
			if stdout {
				_, err = fmt.Fprintln(a.out, strings.TrimSuffix(e.Text.Reveal(), "\n"))
				return err
			}
			if err := e.WriteFile(to); err != nil {
				return err
			}
			fmt.Fprintf(a.err, "Wrote %s to %s, readable by you alone.\n", e.Kind, to)
			if e.Secret {
				fmt.Fprintln(a.err, "Give it to the application, and delete the file then.")
			}
			return nil
		},
	}
	c.Flags().StringVar(&kind, "kind", "", "what to write (default what the application wants, else pkcs8 over OAuth 1, env over OAuth 2)")
	c.Flags().StringVar(&to, "to", "", "the new file to write")
	c.Flags().BoolVar(&stdout, "stdout", false, "write to standard output")
	c.MarkFlagsMutuallyExclusive("to", "stdout")
	c.RegisterFlagCompletionFunc("kind", func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			if s, err := a.find(c, args[0]); err == nil {
				return auth.ExportKinds(s.Links().InUse()), cobra.ShellCompDirectiveNoFileComp
			}
		}
		return nil, cobra.ShellCompDirectiveError
	})
	return c
}

// exportJSON tells of a copy of the secret half that was handed out.
type exportJSON struct {
	Kind        string    `json:"kind"`
	Fingerprint string    `json:"fingerprint,omitempty"`
	At          time.Time `json:"at"`
}

// exports lists the copies of an integration's secrets, the latest first.
func (a *app) exports(ctx context.Context, s *setup.State) ([]exportJSON, error) {
	events, err := a.library.Exports(ctx, s.Integration.ID)
	var copies []exportJSON
	for _, e := range events {
		kind, fingerprint, _ := strings.Cut(e.Detail, " ")
		copies = append(copies, exportJSON{kind, fingerprint, e.At.UTC().Truncate(time.Second)})
	}
	return copies, err
}

// copyWords say when copies were handed out, "" for none.
func copyWords(copies []exportJSON) string {
	var words []string
	for _, c := range copies {
		words = append(words, fmt.Sprintf("%s as %s", c.At.Format(time.DateOnly), c.Kind))
	}
	return strings.Join(slices.Compact(words), ", ")
}
