package bitbucket

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"applink/core"
	"applink/core/practice/web"
)

// Bitbucket is a practice Bitbucket, an http.Handler that is safe for
// concurrent use.
type Bitbucket struct {
	*site
	disturber *disturber
	oauth1    *oauth1
	oauth2    *oauth2
	mux       *http.ServeMux
}

// New makes a practice Bitbucket. It fails on a version, URL, fault, consumer or
// client that no Bitbucket could have.
func New(o Options) (*Bitbucket, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	version, err := core.ParseVersion(o.Version)
	if err != nil {
		return nil, fmt.Errorf("reading the version: %w", err)
	}
	newUI, err := core.ParseVersion(o.NewUI)
	if err != nil {
		return nil, fmt.Errorf("reading the version of the new look: %w", err)
	}
	version += core.Version(strings.Repeat(".0", 2-strings.Count(string(version), ".")))
	if u, err := url.Parse(o.PublicURL); o.PublicURL != "" && (err != nil || u.Host == "" || !isHTTP(u.Scheme)) {
		return nil, fmt.Errorf("reading the public URL: %q is not an http or https URL", o.PublicURL)
	}
	s := newSite(&store{
		options: o, version: version, newUI: newUI, context: strings.TrimSuffix(path.Clean("/"+o.ContextPath), "/"),
		baseURL: strings.TrimSuffix(o.PublicURL, "/"), users: append(defaultUsers(), o.Users...),
		tokens: map[string]*token{}, nonces: nonces{map[string]int64{}, map[string]time.Time{}},
		codes: map[string]*code{}, grants: map[string]*grant{}, solved: map[int]bool{},
	})
	if err := s.fill(); err != nil {
		return nil, err
	}
	b := &Bitbucket{site: s, disturber: &disturber{s}, oauth1: &oauth1{s}, oauth2: &oauth2{s, web.Random(32)}, mux: http.NewServeMux()}
	for _, part := range []interface{ mount(*http.ServeMux) }{
		s, &sessions{s}, &links{s}, &linkAPI{s}, &clientAPI{s}, b.oauth1, b.oauth2, &rest{s},
	} {
		part.mount(b.mux)
	}
	return b, nil
}

// fill brings in what is there from the start.
func (s *store) fill() error {
	for _, f := range s.options.Faults {
		if err := s.SetFault(f, true); err != nil {
			return err
		}
	}
	for _, c := range s.options.Consumers {
		if _, err := s.AddConsumer(c); err != nil {
			return err
		}
	}
	for _, c := range s.options.Clients {
		if _, err := s.AddClient(c); err != nil {
			return err
		}
	}
	return nil
}

// ServeHTTP answers one request: faults first, then who is calling, then the
// page, servlet or REST resource.
func (b *Bitbucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	below, ok := strings.CutPrefix(r.URL.Path, b.context)
	if !ok || (below != "" && below[0] != '/') {
		tomcatError(w, http.StatusNotFound)
		return
	}
	res := &response{ResponseWriter: w, realm: "OAuth realm=\"" + percentEncode(b.base(r)) + "\""}
	b.commonHeaders(res)
	if below == "" {
		http.Redirect(res, r, b.context+"/", http.StatusFound)
		return
	}
	r = withPath(r, below)
	if b.disturber.disturb(res, r) {
		return
	}
	who, ok := b.identify(res, r)
	if !ok {
		return
	}
	b.identityHeaders(res, who)
	b.mux.ServeHTTP(res, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
}

// withPath hands the mux a path below the context path, without the doubled
// slashes for which it would redirect. RequestURI keeps what was really asked.
func withPath(r *http.Request, below string) *http.Request {
	clean := path.Clean(below)
	if strings.HasSuffix(below, "/") && clean != "/" {
		clean += "/"
	}
	u := *r.URL
	u.Path, u.RawPath = clean, ""
	copied := *r
	copied.URL = &u
	return &copied
}

// Server is a practice Bitbucket that listens.
type Server struct {
	*web.Server
	Bitbucket *Bitbucket
}

// Start serves a practice Bitbucket on a loopback address such as
// "127.0.0.1:0" or "localhost:7990" until ctx ends or Close is called. It
// refuses any other address: the passwords of a practice server are no secret.
func Start(ctx context.Context, listen string, o Options) (*Server, error) {
	b, err := New(o)
	if err != nil {
		return nil, err
	}
	s, err := web.Start(ctx, listen, o.TLS, func(origin string) http.Handler {
		b.baseURL = cmp.Or(b.baseURL, origin+b.context)
		if o.Around != nil {
			return o.Around(b)
		}
		return b
	})
	if err != nil {
		return nil, err
	}
	return &Server{s, b}, nil
}

// BaseURL is the address to enter as Bitbucket's base URL, context path
// included.
func (s *Server) BaseURL() string { return s.Bitbucket.baseURL }
