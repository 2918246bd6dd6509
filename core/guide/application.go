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

// application is a file under assets/application.
type application struct {
	Order       int                       `toml:"order"` // place in the list
	Name        string                    `toml:"name"`
	Mention     string                    `toml:"mention"`
	LinkName    string                    `toml:"link-name"`
	Vendor      string                    `toml:"vendor"`
	URL         string                    `toml:"url"`
	Holder      core.Holder               `toml:"holder"`
	DefaultName string                    `toml:"default-name"`
	Callback    string                    `toml:"callback"`
	Permissions map[core.Purpose][]string `toml:"permissions"`
	LoginLink   string                    `toml:"login-link"`
	Finish      bool                      `toml:"finish"`
	Export      string                    `toml:"export"`
	Source      string                    `toml:"source"`   // of all but the rules
	TrueFor     string                    `toml:"true-for"` // the version or date of the source
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
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(read[i].Order, read[j].Order) })
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
	if a.Export != "" && !slices.Contains(seal.Forms(), seal.Form(a.Export)) {
		out["export"] = "export is none of the forms of a key that applink export knows"
	}
	for purpose, boxes := range a.Permissions {
		for _, box := range boxes {
			if !slices.Contains(setup.Boxes(), box) {
				out[string(purpose)] = box + " is no box of Bitbucket's"
			}
		}
	}
	for _, r := range a.Rules {
		if r.OAuth == "" || r.Verdict == "" || r.Reason == "" || r.Source == "" {
			out["rules"] = "a rule needs oauth, verdict, reason and source"
		}
	}
	return out
}

func (a application) core(id string) core.Application {
	app := core.Application{
		ID: id, Name: a.Name, Mention: a.Mention, LinkName: a.LinkName, Vendor: a.Vendor, URL: a.URL,
		Holder: a.Holder, DefaultName: a.DefaultName, Callback: a.Callback,
		Permissions: a.Permissions, LoginLink: a.LoginLink, Finish: a.Finish, Export: a.Export,
	}
	for _, r := range a.Rules {
		app.Rules = append(app.Rules, core.Rule(r))
	}
	return app
}
