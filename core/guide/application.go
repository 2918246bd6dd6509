package guide

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"applink/assets"
	"applink/core"
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

var applications = sync.OnceValues(readApplications)

// Applications returns what can be connected, in the order of the choice. The
// caller owns the list, not what its entries point to. An error means that a
// file under assets is damaged.
func Applications() ([]core.Application, error) {
	apps, err := applications()
	return slices.Clone(apps), err
}

func readApplications() ([]core.Application, error) {
	names, err := fs.Glob(assets.FS, "application/*.toml")
	if err != nil {
		return nil, fmt.Errorf("looking for applications: %w", err)
	}
	type entry struct {
		order int
		app   core.Application
	}
	var entries []entry
	for _, name := range names {
		var a application
		meta, err := toml.DecodeFS(assets.FS, name, &a)
		if err == nil && len(meta.Undecoded()) > 0 {
			err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		id := strings.TrimSuffix(path.Base(name), ".toml")
		entries = append(entries, entry{a.Order, a.core(id)})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.order, b.order) })
	apps := make([]core.Application, len(entries))
	for i, e := range entries {
		apps[i] = e.app
	}
	return apps, nil
}

func (a application) core(id string) core.Application {
	app := core.Application{
		ID: id, Name: a.Name, Mention: a.Mention, LinkName: a.LinkName, Vendor: a.Vendor, URL: a.URL,
		Holder: a.Holder, DefaultName: a.DefaultName, Callback: a.Callback,
		Permissions: a.Permissions, LoginLink: a.LoginLink, Finish: a.Finish,
	}
	for _, r := range a.Rules {
		app.Rules = append(app.Rules, core.Rule(r))
	}
	return app
}
