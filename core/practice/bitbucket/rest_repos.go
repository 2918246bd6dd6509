package bitbucket

import (
	"net/http"
	"strings"
)

// project and repo are what a practice server has to show to a synchronization.
type project struct {
	ID          int
	Key, Name   string
	Description string
	Public      bool
}

type repo struct {
	ID         int
	Project    project
	Slug, Name string
	Public     bool
	Gone       bool // deleted: a row that nobody sees, but that start counts
	AdminOnly  bool
}

var projects = []project{
	{ID: 1, Key: "PRJ", Name: "Practice", Description: "Libraries to practise with", Public: true},
	{ID: 2, Key: "OPS", Name: "Operations"},
}

var repos = []repo{
	{ID: 1, Project: projects[0], Slug: "hello-world", Name: "hello-world", Public: true},
	{ID: 2, Project: projects[0], Slug: "old-world", Name: "old-world", Gone: true},
	{ID: 3, Project: projects[0], Slug: "billing", Name: "billing"},
	{ID: 4, Project: projects[1], Slug: "secrets", Name: "secrets", AdminOnly: true},
	{ID: 5, Project: projects[1], Slug: "runbooks", Name: "runbooks"},
}

// readable tells whether a user, or nobody, sees a repository. implicit also
// counts what is public, which REPO_READ does not.
func (p repo) readable(u *User, implicit bool) bool {
	switch {
	case p.Gone:
		return false
	case u == nil:
		return p.Public && implicit
	}
	return !p.AdminOnly || u.Admin
}

func visibleRepos(u *User) []repo {
	var out []repo
	for _, p := range repos {
		if p.readable(u, true) {
			out = append(out, p)
		}
	}
	return out
}

type restProject struct {
	Key         string    `json:"key"`
	ID          int       `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Public      bool      `json:"public"`
	Type        string    `json:"type"`
	Links       restLinks `json:"links"`
}

type cloneLink struct {
	Href string `json:"href"`
	Name string `json:"name"`
}

type restRepo struct {
	Slug          string      `json:"slug"`
	ID            int         `json:"id"`
	Name          string      `json:"name"`
	HierarchyID   string      `json:"hierarchyId"`
	ScmID         string      `json:"scmId"`
	State         string      `json:"state"`
	StatusMessage string      `json:"statusMessage"`
	Forkable      bool        `json:"forkable"`
	Project       restProject `json:"project"`
	Public        bool        `json:"public"`
	Archived      bool        `json:"archived"`
	Links         struct {
		Clone []cloneLink `json:"clone"`
		Self  []restHref  `json:"self"`
	} `json:"links"`
}

func (a *rest) restProject(r *http.Request, p project) restProject {
	self := restLinks{[]restHref{{a.base(r) + "/projects/" + p.Key}}}
	return restProject{p.Key, p.ID, p.Name, p.Description, p.Public, "NORMAL", self}
}

func (a *rest) restRepo(r *http.Request, p repo) restRepo {
	out := restRepo{Slug: p.Slug, ID: p.ID, Name: p.Name, HierarchyID: "e3c939f9ef4a7fae272e", ScmID: "git",
		State: "AVAILABLE", StatusMessage: "Available", Forkable: true, Project: a.restProject(r, p.Project), Public: p.Public}
	path := strings.ToLower(p.Project.Key) + "/" + p.Slug + ".git"
	scheme, rest, _ := strings.Cut(a.base(r), "://")
	if u := callerOf(r).user; u != nil {
		rest = u.Name + "@" + rest // Bitbucket writes the caller into the clone address
	}
	out.Links.Clone = []cloneLink{{scheme + "://" + rest + "/scm/" + path, "http"},
		{"ssh://git@" + sshHost(a.base(r)) + ":7999/" + path, "ssh"}}
	out.Links.Self = []restHref{{a.base(r) + "/projects/" + p.Project.Key + "/repos/" + p.Slug + "/browse"}}
	return out
}

// hostOf is the host of a base URL, with its port.
func hostOf(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

func sshHost(base string) string {
	name, _ := splitAuthority(hostOf(base))
	return name
}

// listProjects needs a user from 10.0 on.
func (a *rest) listProjects(w http.ResponseWriter, r *http.Request) {
	if a.version.AtLeast("10.0") && !a.options.REST.PublicProjectList && !a.permitted(w, r, callerOf(r).user != nil) {
		return
	}
	var rows []restProject
	for _, p := range projects {
		rows = append(rows, a.restProject(r, p))
	}
	u := callerOf(r).reader()
	name := strings.ToLower(r.URL.Query().Get("name"))
	writePage(a, w, r, rows, func(p restProject) bool {
		return (u != nil || p.Public) && strings.Contains(strings.ToLower(p.Name), name)
	})
}

// findProject returns a project that the caller may see, or answers 404.
func (a *rest) findProject(w http.ResponseWriter, r *http.Request) (project, bool) {
	key := r.PathValue("key")
	for _, p := range projects {
		if strings.EqualFold(p.Key, key) {
			return p, a.permitted(w, r, p.Public || callerOf(r).reader() != nil)
		}
	}
	a.noSuch(w, r, "project.NoSuchProjectException", "Project "+key+" does not exist.")
	return project{}, false
}

func (a *rest) getProject(w http.ResponseWriter, r *http.Request) {
	if p, ok := a.findProject(w, r); ok {
		writeJSON(w, http.StatusOK, a.restProject(r, p))
	}
}

func (a *rest) listProjectRepos(w http.ResponseWriter, r *http.Request) {
	if p, ok := a.findProject(w, r); ok {
		a.writeRepos(w, r, func(x repo) bool { return x.Project.Key == p.Key })
	}
}

func (a *rest) getRepo(w http.ResponseWriter, r *http.Request) {
	p, ok := a.findProject(w, r)
	if !ok {
		return
	}
	slug := r.PathValue("slug")
	for _, x := range repos {
		if x.Project.Key == p.Key && x.Slug == slug && !x.Gone {
			if a.permitted(w, r, x.readable(callerOf(r).reader(), true)) {
				writeJSON(w, http.StatusOK, a.restRepo(r, x))
			}
			return
		}
	}
	a.noSuch(w, r, "repository.NoSuchRepositoryException", "Repository "+p.Key+"/"+slug+" does not exist.")
}

func (a *rest) listRepos(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	a.writeRepos(w, r, func(x repo) bool {
		return strings.Contains(strings.ToLower(x.Name), strings.ToLower(query.Get("name"))) &&
			(query.Get("projectkey") == "" || strings.EqualFold(x.Project.Key, query.Get("projectkey"))) &&
			query.Get("archived") != "ARCHIVED"
	})
}

// listRecentRepos needs a user always.
func (a *rest) listRecentRepos(w http.ResponseWriter, r *http.Request) {
	if a.permitted(w, r, callerOf(r).user != nil) {
		a.writeRepos(w, r, func(repo) bool { return true })
	}
}

func (a *rest) writeRepos(w http.ResponseWriter, r *http.Request, wanted func(repo) bool) {
	u, implicit := callerOf(r).reader(), r.URL.Query().Get("permission") == ""
	hidden := map[int]bool{}
	var rows []restRepo
	for _, x := range repos {
		hidden[x.ID] = !x.readable(u, implicit) || !wanted(x)
		rows = append(rows, a.restRepo(r, x))
	}
	writePage(a, w, r, rows, func(x restRepo) bool { return !hidden[x.ID] })
}
