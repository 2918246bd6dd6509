package packagist

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"applink/core"
)

// noSync is the first Bitbucket whose OAuth 1 links Private Packagist
// no longer synchronizes over, by its set-up guides.
const noSync core.Version = "8.0"

var projectKey = core.Pattern(`^[A-Z][A-Z0-9_-]{0,127}$`)

type syncPage struct {
	Integrations []integration
	Wrong        string
	Slug         string // integration that Wrong is about
	Project      string
}

func (p *Packagist) synchronizations(w http.ResponseWriter, r *http.Request) {
	p.showSync(w, r, http.StatusOK, syncPage{})
}

func (p *Packagist) showSync(w http.ResponseWriter, r *http.Request, status int, page syncPage) {
	page.Integrations = p.all()
	p.show(w, r, status, "synchronizations", view{Title: "Synchronization", Tab: "synchronizations", Content: page})
}

// synchronize adds or removes the synchronization of a Bitbucket project. It is
// a record only: nothing is read from the project.
func (p *Packagist) synchronize(w http.ResponseWriter, r *http.Request) {
	slug, project := r.PostFormValue("integration"), strings.ToUpper(strings.TrimSpace(r.PostFormValue("project")))
	in := p.find(func(in *integration) bool { return in.Slug == slug })
	if in == nil {
		p.refuse(w, r, http.StatusNotFound, "There is no such integration. It may have been deleted.")
		return
	}
	if r.PostFormValue("action") == "delete" {
		p.change(slug, func(in *integration) {
			in.Projects = slices.DeleteFunc(in.Projects, func(s string) bool { return s == project })
		})
		http.Redirect(w, r, p.root()+"/synchronizations", http.StatusSeeOther)
		return
	}
	if why := p.syncProblem(r, in, project); why != "" {
		p.showSync(w, r, http.StatusUnprocessableEntity, syncPage{Wrong: why, Slug: slug, Project: project})
		return
	}
	p.change(slug, func(in *integration) { in.Projects = append(in.Projects, project) })
	http.Redirect(w, r, p.root()+"/synchronizations", http.StatusSeeOther)
}

// syncProblem says why a synchronization cannot be added, or "".
func (p *Packagist) syncProblem(r *http.Request, in *integration, project string) string {
	_, connected := p.account(r, in.Slug)
	switch {
	case !projectKey().MatchString(project):
		return "Please enter the key of a Bitbucket project, such as PRJ."
	case slices.Contains(in.Projects, project):
		return "There is a synchronization of this project already."
	case !connected:
		return "Log in with " + in.Name + " first: whoever adds a synchronization must have signed in through the integration."
	}
	if in.OAuth == core.OAuth1 && p.version(r.Context(), in).AtLeast(noSync) {
		return "As of Bitbucket Data Center / Server v8 Application Links using OAuth 1 can no longer be used to set up synchronizations."
	}
	return ""
}

// version asks the server anonymously; it is unknown when that fails.
func (p *Packagist) version(ctx context.Context, in *integration) core.Version {
	ctx, cancel := p.client.within(ctx, timeout(in.TimeoutText))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, in.BaseURL+"/rest/api/1.0/application-properties", nil)
	if err != nil {
		return ""
	}
	answer, err := p.client.do("reading the version", r)
	if err != nil {
		return ""
	}
	var properties struct{ Version string }
	if json.Unmarshal(answer.body, &properties) != nil {
		return ""
	}
	version, _ := core.ParseVersion(properties.Version)
	return version
}
