package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"applink/core/finding"
	"applink/core/seal"
	"applink/core/walk"
	"applink/tui"
	"applink/tui/theme"
)

// root is the command without a name: the home screen.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "applink",
		Short: "Connect an application to Bitbucket Data Center / Server",
		Long: `applink connects an application to Bitbucket Data Center / Server through an
Application Link. It asks, explains, copies, checks and remembers. Without a
command it opens the home screen.`,
		Example: `  applink                     the home screen: what is set up, and the way on
  applink practice            try everything on a practice Bitbucket
  applink setup               set up a new integration, step by step
  applink check --all         look whether all links still work`,
		Version:       version().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(c *cobra.Command, args []string) error {
			if err := c.ValidateFlagGroups(); err != nil {
				return err // cobra looks at them after this, when it is no usage error any more
			}
			a.ran, a.begins = true, begins(c, args)
			return a.checkGlobals(c)
		},
		RunE: func(c *cobra.Command, _ []string) error { return a.home(c) },
	}
	root.SetVersionTemplate("applink {{.Version}}\n")
	root.SetHelpTemplate(helpTemplate)
	root.SetFlagErrorFunc(suggestFlag)
	root.SuggestionsMinimumDistance = 2
	a.globalFlags(root.PersistentFlags())
	root.AddCommand(a.setupCommand(), a.listCommand(), a.showCommand(), a.logCommand(), a.copyCommand(), a.exportCommand(), a.applicationsCommand(), a.checkCommand(),
		a.migrateCommand(), a.adoptCommand(), a.rotateCommand(), a.practiceCommand(), a.removeCommand(), a.backupCommand(), a.restoreCommand(), a.doctorCommand(), a.versionCommand(), accessibilityTopic(), exitCodesTopic())
	root.AddCommand(a.authorizeCommand(), a.tokenCommand(), a.apiCommand())
	return root
}

func (a *app) globalFlags(f *pflag.FlagSet) {
	f.StringVar(&a.flags.db, "db", "", "database file (default in the user's data folder)")
	f.BoolVar(&a.flags.plain, "plain", false, "line by line, for screen readers and scripts; piped input is answers")
	f.BoolVar(&a.flags.noColor, "no-color", false, "no colour")
	f.StringVar(&a.flags.applications, "applications", "", "folder with descriptions of further applications (default applink/applications in your configuration folder)")
	f.BoolVar(&a.flags.noLinks, "no-links", false, "addresses are no links")
	f.BoolVar(&a.flags.noInput, "no-input", false, "never ask; a missing answer is an error that names its flag")
	f.BoolVar(&a.flags.reducedMotion, "reduced-motion", false, "nothing on the screen moves by itself")
	f.DurationVar(&a.flags.timeout, "timeout", 0, "longest time that one check may take (default 20s)")
	f.StringVar(&a.flags.keySource, "key-source", "", "where a new database keeps its key: keyring, passphrase or file")
	f.StringVar(&a.flags.passphraseFile, "passphrase-file", "", "file with the passphrase of the key source \"passphrase\"")
	f.StringVar(&a.flags.clientCert, "client-cert", "", "PEM file with a client certificate, where Bitbucket's gateway asks for one")
	f.StringVar(&a.flags.clientKey, "client-key", "", "PEM file with its key")
	f.SortFlags = false
}

// checkGlobals refuses what no command could work with.
func (a *app) checkGlobals(c *cobra.Command) error {
	if a.flags.db == "" && c.Flags().Changed("db") {
		return finding.AnswerEmpty.With("db")
	}
	switch seal.Source(a.flags.keySource) {
	case "", seal.SourceKeyring, seal.SourcePassphrase, seal.SourceFile:
		return nil
	}
	return finding.NoSuchChoice.With(a.flags.keySource, "keyring, passphrase, file")
}

func (a *app) home(c *cobra.Command) error {
	if a.face() == nobody {
		a.ran = false
		return errors.New("without a terminal a command is needed, or --plain to answer by piped lines")
	}
	return a.wizard(c.Context(), nil, tui.RunOptions{})
}

// wizard opens the face that fits, on an integration, a new one or the home
// screen. A session that is prepared already is used as it is.
func (a *app) wizard(ctx context.Context, s *tui.Session, o tui.RunOptions) error {
	if s == nil {
		var err error
		if s, err = a.session(ctx); err != nil {
			return err
		}
	}
	if a.face() == plain {
		return a.plainWizard(ctx, s, o)
	}
	o.Profile = theme.Detect(theme.Options{NoColor: a.flags.noColor, NoLinks: a.flags.noLinks}, a.env, isTerminal(a.out))
	o.In, o.Out = a.in, a.out
	farewell, err := tui.Run(ctx, s, o)
	if errors.Is(err, tui.ErrPractice) {
		return a.practice(ctx, practiceDefaults())
	}
	if a.told = farewell != ""; a.told {
		fmt.Fprintln(a.out, farewell)
	}
	return err
}

func (a *app) plainWizard(ctx context.Context, s *tui.Session, o tui.RunOptions) error {
	last, err := tui.Plain(ctx, s, tui.PlainOptions{Integration: o.Integration, New: o.New, Adopt: o.Adopt, Step: o.Step,
		In: a.in, Out: a.out, Hide: a.hide()})
	a.told = last != nil && last.Integration.ID != 0
	if errors.Is(err, walk.ErrEndOfInput) {
		fmt.Fprintln(a.err, "The input ended before the set-up did.")
		return endOfInput(last)
	}
	return err
}

// suggestFlag names the flag that an unknown one is nearest to.
func suggestFlag(c *cobra.Command, err error) error {
	wrong, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	best, near := "", 4
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if d := distance(wrong, f.Name); d < near {
			best, near = f.Name, d
		}
	})
	if best == "" {
		return err
	}
	return fmt.Errorf("%w; did you mean --%s?", err, best)
}

// distance is the number of letters to add, drop or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// helpTemplate is cobra's with the examples first: most readers need no more.
const helpTemplate = `{{.Short}}
{{with .Example}}
Examples:
{{.}}
{{end}}{{with .Long}}
{{.}}
{{end}}
Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasHelpSubCommands}}

More:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .CommandPath .CommandPathPadding}} {{.Short}}{{end}}{{end}}{{end}}
`

// arguments wants exactly the arguments that are named.
func arguments(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fmt.Errorf("%s is missing: %s", names[len(args)], c.UseLine())
		}
		if len(args) > len(names) {
			return fmt.Errorf("%q is one argument too many: %s", args[len(names)], c.UseLine())
		}
		return nil
	}
}
