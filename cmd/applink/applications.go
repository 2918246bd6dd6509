package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/guide"
)

// applicationJSON is one entry of "applications --json".
type applicationJSON struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	About   string      `json:"about"`
	Holder  core.Holder `json:"holder"`
	Links   []linkJSON  `json:"links"`
	Purpose string      `json:"purpose,omitempty"`
}

// linkJSON is what the application wants of a link over one protocol.
type linkJSON struct {
	OAuth       core.OAuth                `json:"oauth"`
	Callback    string                    `json:"callback,omitempty"`
	Consumer    string                    `json:"consumer_callback,omitempty"`
	Permissions map[core.Purpose][]string `json:"permissions,omitempty"`
	Export      string                    `json:"export,omitempty"`
	Open        []core.Field              `json:"open,omitempty"`
	Unsure      string                    `json:"unsure,omitempty"`
	Source      string                    `json:"source,omitempty"`
	TrueFor     string                    `json:"true_for,omitempty"`
}

func (a *app) applicationsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "applications [NAME]", Short: "List the applications that are known, or tell of one what it wants", Args: cobra.MaximumNArgs(1),
		Long: `applications lists what can be connected, with the name that --application takes. With
a name it tells what that application wants of a link, who says so, and of which version
or date that is true. What its documentation leaves open is asked in the set-up.

With --json: {"applications": [...]}, each with id, name, about, holder (here, or
application when that makes the key itself), purpose where it has one only, and links: per
OAuth version callback, consumer_callback, permissions, export (the kind that it takes),
open (the answers that are not documented), unsure, source and true_for.

An application of your own is one file in a folder, see the README.`,
		Example: "  applink applications drone",
		RunE: func(_ *cobra.Command, args []string) error {
			apps, err := guide.Applications(a.applications()...)
			if err != nil {
				return err
			}
			out := []applicationJSON{}
			for _, app := range apps {
				if len(args) == 0 || strings.EqualFold(args[0], app.ID) {
					out = append(out, describe(app))
				}
			}
			switch {
			case len(out) == 0:
				var names []string
				for _, app := range apps {
					names = append(names, app.ID)
				}
				return finding.NoSuchChoice.With(args[0], strings.Join(names, ", "))
			case a.json:
				return a.printJSON(map[string]any{"applications": out})
			case len(args) == 1:
				return a.printApplication(out[0])
			}
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tAPPLICATION\tLINK")
			for _, app := range out {
				fmt.Fprintf(w, "%s\t%s\t%s\n", app.ID, app.Name, app.About)
			}
			return w.Flush()
		},
	}
	a.jsonFlag(c)
	return c
}

func describe(app core.Application) applicationJSON {
	out := applicationJSON{ID: app.ID, Name: app.Name, About: app.About, Holder: app.Holder, Purpose: string(app.Purpose)}
	for _, o := range []core.OAuth{core.OAuth1, core.OAuth2} {
		if p, known := app.Profiles[o]; known {
			out.Links = append(out.Links, linkJSON{o, p.Callback, p.ConsumerCallback, p.Permissions, p.Export, p.Open, p.Unsure, p.Source, p.TrueFor})
		}
	}
	return out
}

func (a *app) printApplication(app applicationJSON) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", label, text)
		}
	}
	line("Application", app.Name)
	line("Key or secret", map[core.Holder]string{core.HeldHere: "held here, and given to it by export", core.HeldByApplication: "made and held by it"}[app.Holder])
	for _, l := range app.Links {
		var boxes, open []string
		for _, some := range l.Permissions {
			boxes = append(boxes, some...)
		}
		for _, f := range l.Open {
			open = append(open, string(f))
		}
		fmt.Fprintln(w)
		line("Over", l.OAuth.String())
		line("Redirect URL", l.Callback)
		line("Consumer Callback", l.Consumer)
		line("Permissions", strings.Join(boxes, ", "))
		line("Takes", l.Export)
		line("Not documented", strings.Join(open, ", "))
		line("", l.Unsure)
		line("Source", l.Source)
		line("True for", l.TrueFor)
	}
	return w.Flush()
}
