package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"applink/core/finding"
)

func (a *app) copyCommand() *cobra.Command {
	var print bool
	c := &cobra.Command{
		Use: "copy NAME VALUE", Short: "Copy a value of an integration to the clipboard", Args: arguments("NAME", "VALUE"),
		Long: `copy puts a value where you can paste it: into tmux's buffer, through the terminal
(OSC 52) over SSH, or onto the clipboard of this machine. It says which, and
whether that is certain. The values are those that show lists, client-id and
public-key among them. With --print the value goes to standard output instead.`,
		Example: `  applink copy onpremisebitbucket public-key
  applink copy onpremisebitbucket public-key --print > key.pem`,
		ValidArgsFunction: a.completeCopy,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.find(c, args[0])
			if err != nil {
				return err
			}
			values := copyable(s)
			text, ok := values[args[1]]
			if !ok {
				return finding.NoSuchChoice.With(args[1], strings.Join(slices.Sorted(maps.Keys(values)), ", "))
			}
			if print {
				_, err := fmt.Fprintln(a.out, strings.TrimRight(text, "\n"))
				return err
			}
			r := a.carrier().Copy(c.Context(), text)
			fmt.Fprintln(a.err, r.Sentence)
			if r.Err == nil {
				return nil
			}
			fmt.Fprintln(a.out, strings.TrimRight(text, "\n"))
			return exit(exitFinding)
		},
	}
	c.Flags().BoolVar(&print, "print", false, "write the value to standard output")
	return c
}

func (a *app) completeCopy(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) != 1 {
		return a.completeNames(c, args, toComplete)
	}
	s, err := a.find(c, args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return slices.Sorted(maps.Keys(copyable(s))), cobra.ShellCompDirectiveNoFileComp
}
