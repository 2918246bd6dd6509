package guide

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"applink/assets"
	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// application is a file under assets/application, see the package comment.
type application struct {
	Order       int          `toml:"order"`
	Name        string       `toml:"name"`
	Mention     string       `toml:"mention"`
	Group       string       `toml:"group"`
	About       string       `toml:"about"`
	LinkName    string       `toml:"link-name"`
	Vendor      string       `toml:"vendor"`
	URL         string       `toml:"url"`
	Holder      core.Holder  `toml:"holder"`
	Purpose     core.Purpose `toml:"purpose"`
	DefaultName string       `toml:"default-name"`
	LoginLink   string       `toml:"login-link"`
	OAuth1      *profile     `toml:"oauth1"`
	OAuth2      *profile     `toml:"oauth2"`
	Rules       []struct {
		OAuth   core.OAuth   `toml:"oauth"`
		Purpose core.Purpose `toml:"purpose"`
		From    core.Version `toml:"from"`
		Below   core.Version `toml:"below"`
		Verdict core.Verdict `toml:"verdict"`
		Reason  string       `toml:"reason"`
		Source  string       `toml:"source"`
	} `toml:"rules"`
}

// profile is what the application wants over one protocol.
type profile struct {
	LinkURL          string                    `toml:"link-url"`
	Callback         string                    `toml:"callback"`
	ConsumerCallback string                    `toml:"consumer-callback"`
	Outgoing         map[string]string         `toml:"outgoing"`
	IncomingLink     bool                      `toml:"incoming-link"`
	TwoLegged        bool                      `toml:"two-legged"`
	Impersonation    bool                      `toml:"impersonation"`
	ExecuteAs        string                    `toml:"execute-as"`
	Permissions      map[core.Purpose][]string `toml:"permissions"`
	Open             []core.Field              `toml:"open"`
	Unsure           string                    `toml:"unsure"`
	Export           string                    `toml:"export"`
	Snippet          string                    `toml:"snippet"`
	Form             string                    `toml:"form"`
	Deliver          string                    `toml:"deliver"`
	Finish           string                    `toml:"finish"`
	Trouble          []string                  `toml:"trouble"`
	SignIn           string                    `toml:"sign-in"`
	Copy             []string                  `toml:"copy"`
	Source           string                    `toml:"source"`
	TrueFor          string                    `toml:"true-for"`
}

// mostTrouble is how many causes of a profile a finding tells.
const mostTrouble = 4

// openable are the answers that a profile may leave open.
var openable = map[core.OAuth][]core.Field{
	core.OAuth1: {core.FieldConsumerCallback},
	core.OAuth2: {core.FieldCallback, core.FieldPermissions},
}

var embedded = sync.OnceValues(func() ([]core.Application, error) {
	files, err := fs.Sub(assets.FS, "application")
	if err != nil {
		return nil, fmt.Errorf("looking for applications: %w", err)
	}
	return readApplications(files)
})

// Applications returns what can be connected, in the order of the choice: those that
// applink knows, then those of the folders, which may take none of their ids. Their files
// are as under assets/application; a folder that is not there holds none. The caller owns
// the list, not what its entries point to. The error is [finding.ApplicationUnreadable],
// with the line that is wrong.
func Applications(folders ...string) ([]core.Application, error) {
	apps, err := embedded()
	apps = slices.Clone(apps)
	for _, folder := range folders {
		if err != nil {
			break
		}
		var more []core.Application
		if more, err = readApplications(os.DirFS(folder)); err != nil {
			return nil, err
		}
		for _, app := range more {
			if slices.ContainsFunc(apps, func(a core.Application) bool { return a.ID == app.ID }) {
				return nil, finding.ApplicationUnreadable.With(app.ID+".toml", "1", "another application has this name")
			}
		}
		apps = append(apps, more...)
	}
	return apps, err
}

func readApplications(files fs.FS) ([]core.Application, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("looking for applications: %w", err)
	}
	read := make([]application, len(names))
	order := make([]int, len(names))
	for i, name := range names {
		order[i] = i
		if read[i], err = readApplication(files, name); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := read[i], read[j]
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	var apps []core.Application
	for _, i := range order {
		apps = append(apps, read[i].core(strings.TrimSuffix(names[i], ".toml")))
	}
	return apps, nil
}

func readApplication(files fs.FS, name string) (a application, err error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return a, finding.ApplicationUnreadable.With(name, "1", err.Error())
	}
	meta, err := toml.Decode(string(text), &a)
	var wrong toml.ParseError
	switch unknown := meta.Undecoded(); {
	case errors.As(err, &wrong):
		return a, finding.ApplicationUnreadable.With(name, strconv.Itoa(wrong.Position.Line), wrong.Message)
	case err != nil:
		return a, finding.ApplicationUnreadable.With(name, "1", err.Error())
	case len(unknown) > 0:
		key := unknown[0]
		return a, finding.ApplicationUnreadable.With(name, lineOf(string(text), key[len(key)-1]), "unknown key "+key.String())
	}
	for key, why := range a.wrong() {
		return a, finding.ApplicationUnreadable.With(name, lineOf(string(text), key), why)
	}
	return a, nil
}

// lineOf is the number of the first line that begins with a key.
func lineOf(text, key string) string {
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " \t[\""), key) {
			return strconv.Itoa(i + 1)
		}
	}
	return "1"
}

// wrong tells, by key, what is wrong with an entry that could be read.
func (a application) wrong() map[string]string {
	out := map[string]string{}
	if a.Name == "" || a.DefaultName == "" {
		out["name"] = "name and default-name are needed"
	}
	if a.Holder != core.HeldHere && a.Holder != core.HeldByApplication {
		out["holder"] = `holder is "here" or "application"`
	}
	if a.Purpose != "" && a.Purpose != core.PurposeSignIn && a.Purpose != core.PurposeSync {
		out["purpose"] = `purpose is "sign-in" or "sync"`
	}
	if a.OAuth1 == nil && a.OAuth2 == nil {
		out["oauth"] = "an application needs [oauth1] or [oauth2], or both"
	}
	for o, p := range a.profiles() {
		p.wrong(o, out)
	}
	for _, r := range a.Rules {
		if r.OAuth == "" || r.Verdict == "" || r.Reason == "" || r.Source == "" {
			out["rules"] = "a rule needs oauth, verdict, reason and source"
		}
	}
	return out
}

// profiles are those that there are, by protocol.
func (a application) profiles() map[core.OAuth]profile {
	out := map[core.OAuth]profile{}
	for o, p := range map[core.OAuth]*profile{core.OAuth1: a.OAuth1, core.OAuth2: a.OAuth2} {
		if p != nil {
			out[o] = *p
		}
	}
	return out
}

func (p profile) wrong(o core.OAuth, out map[string]string) {
	documents := []string{"", core.ExportEnv, core.ExportKubernetes, core.ExportJSON}
	switch snippet := p.Export == core.ExportSnippet; {
	case snippet && p.Snippet == "":
		out["export"] = "there is no snippet"
	case !snippet && !slices.Contains(documents, p.Export) && !slices.Contains(seal.Forms(), seal.Form(p.Export)):
		out["export"] = "export is none of the kinds that applink export knows"
	}
	for _, m := range core.SnippetPlace().FindAllStringSubmatch(p.Snippet, -1) {
		form := m[2] == "" || m[2] == "line" || slices.Contains(seal.Forms(), seal.Form(m[2]))
		if !slices.Contains(core.SnippetPlaces(), m[1]) || !form {
			out["snippet"] = m[0] + " is no value of a snippet"
		}
	}
	for field := range p.Outgoing {
		if !slices.Contains(core.OutgoingFields(), field) {
			out[field] = field + " is no field of the dialog; there are " + strings.Join(core.OutgoingFields(), ", ")
		}
	}
	for purpose, boxes := range p.Permissions {
		for _, box := range boxes {
			if !slices.Contains(setup.Boxes(), box) {
				out[string(purpose)] = box + " is no box of Bitbucket's; there are " + strings.Join(setup.Boxes(), ", ")
			}
		}
	}
	for _, f := range p.Open {
		if !slices.Contains(openable[o], f) {
			out["open"] = string(f) + " cannot be left open over " + o.String()
		}
	}
	for _, name := range p.Copy {
		if labels[name] == "" {
			out["copy"] = name + " is no value of a page"
		}
	}
	if len(p.Trouble) > mostTrouble {
		out["trouble"] = "trouble has " + strconv.Itoa(mostTrouble) + " lines at most"
	}
	if p.Deliver != "" && p.Export == "" {
		out["deliver"] = "what is delivered needs its export, too"
	}
	for key, text := range p.texts() {
		if _, err := parse(key, text); err != nil {
			out[key] = err.Error()
		}
	}
}

// texts are the Markdown of a profile by their keys.
func (p profile) texts() map[string]string {
	return map[string]string{"form": p.Form, "deliver": p.Deliver, "finish": p.Finish, "trouble": strings.Join(p.Trouble, "\n")}
}

func (a application) core(id string) core.Application {
	app := core.Application{
		ID: id, Name: a.Name, Mention: a.Mention, Group: a.Group, About: a.About, LinkName: a.LinkName, URL: a.URL,
		Vendor: a.Vendor, Holder: a.Holder, Purpose: a.Purpose, DefaultName: a.DefaultName, LoginLink: a.LoginLink,
		Profiles: map[core.OAuth]core.Profile{},
	}
	if app.Vendor == "" && app.Mention == "" {
		app.Vendor = app.Name
	}
	for o, p := range a.profiles() {
		app.Profiles[o] = core.Profile(p)
	}
	for _, r := range a.Rules {
		app.Rules = append(app.Rules, core.Rule(r))
	}
	for o, other := range map[core.OAuth]core.OAuth{core.OAuth1: core.OAuth2, core.OAuth2: core.OAuth1} {
		if _, known := app.Profiles[o]; !known {
			app.Rules = append(app.Rules, core.Rule{OAuth: o, Verdict: core.Refused,
				Reason: app.Name + " is described with " + other.String() + " only.", Source: app.Profiles[other].Source})
		}
	}
	return app
}
