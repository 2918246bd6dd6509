package bitbucket

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"applink/core"
	"applink/core/practice/web"
)

// Options configure a practice Bitbucket. The zero value is a Bitbucket 7.21
// with context path /bitbucket.
type Options struct {
	Version     string // "7.17", "7.21", "8.19.2", any x.y or x.y.z
	ContextPath string // "/bitbucket" when empty; "/" for none

	// PublicURL is the base URL that the server is configured with, context
	// path included. When it is set, its scheme, host and port also go into the
	// base string of signatures, so that a server reached by another address
	// shows the proxy fault. When it is empty, both follow the request.
	PublicURL string

	Now       func() time.Time // clock of every lifetime; time.Now when nil
	Faults    []Fault          // switched on from the start
	Consumers []Consumer       // incoming OAuth 1 links already in place
	Users     []User           // besides admin and jane

	REST         RESTOptions
	OAuth1       OAuth1Options
	OAuth2       OAuth2Options
	Clients      []Client // incoming OAuth 2 links already in place
	RequireHTTPS bool     // the https rules of OAuth 2 hold over plain http too; else practice has the properties that lift them
	TLS          bool     // Start serves https, with a certificate made on the spot

	Around func(http.Handler) http.Handler // what Start puts around the server, to look at requests or hold them back
}

// Bitbucket is a practice Bitbucket, an http.Handler that is safe for
// concurrent use.
type Bitbucket struct {
	o        Options
	version  core.Version // always three numbers
	context  string       // "" or "/bitbucket"
	baseURL  string       // set by Options.PublicURL or Start; "" follows the request
	users    []User
	mux      *http.ServeMux
	pages    *template.Template
	sessions *web.Jar[*User]
	faults   faultSet
	journal  journal
	signing  string // secret of the OAuth 2 tokens

	mu        sync.Mutex // guards what follows
	links     []*link
	tokens    map[string]*token
	codes     map[string]*code
	grants    map[string]*grant // by access token and by refresh token
	nonces    *nonces
	whitelist bool // "Enable OAuth whitelist" of the two-factor app
	requests  int
	solved    map[int]bool // users who have solved the CAPTCHA, by ID
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
	b := &Bitbucket{
		o: o, version: fullVersion(version),
		context: strings.TrimSuffix(path.Clean("/"+o.ContextPath), "/"),
		baseURL: strings.TrimSuffix(o.PublicURL, "/"),
		users:   append(defaultUsers(), o.Users...),
		tokens:  map[string]*token{}, nonces: newNonces(),
		codes: map[string]*code{}, solved: map[int]bool{}, grants: map[string]*grant{}, signing: web.Random(32),
	}
	if u, err := url.Parse(b.baseURL); o.PublicURL != "" && (err != nil || u.Host == "" || !isHTTP(u.Scheme)) {
		return nil, fmt.Errorf("reading the public URL: %q is not an http or https URL", o.PublicURL)
	}
	if err := b.prepare(); err != nil {
		return nil, err
	}
	b.pages = web.ParsePages("bitbucket")
	b.sessions = web.NewJar[*User]("BITBUCKETSESSIONID", b.context+"/")
	b.mux = b.routes()
	return b, nil
}

// complete fills in the defaults of what is not set.
func (o Options) complete() (Options, error) {
	o.Version = cmp.Or(o.Version, "7.21")
	o.ContextPath = cmp.Or(o.ContextPath, "/bitbucket")
	if o.Now == nil {
		o.Now = time.Now
	}
	o.REST.CaptchaStatus = cmp.Or(o.REST.CaptchaStatus, http.StatusUnauthorized)
	var err error
	o.OAuth2, err = o.OAuth2.complete()
	return o, err
}

// prepare brings in what is there from the start.
func (b *Bitbucket) prepare() error {
	for _, f := range b.o.Faults {
		if err := b.SetFault(f, true); err != nil {
			return err
		}
	}
	for _, c := range b.o.Consumers {
		if _, err := b.AddConsumer(c); err != nil {
			return err
		}
	}
	for _, c := range b.o.Clients {
		if _, err := b.AddClient(c); err != nil {
			return err
		}
	}
	return nil
}

// fullVersion appends the numbers that a server's own version always has.
func fullVersion(v core.Version) core.Version {
	return v + core.Version(strings.Repeat(".0", 2-strings.Count(string(v), ".")))
}

func isHTTP(scheme string) bool { return scheme == "http" || scheme == "https" }

// Version returns the version with all three numbers, "7.21.0".
func (b *Bitbucket) Version() string { return string(b.version) }

// now is the server's clock.
func (b *Bitbucket) now() time.Time {
	if b.faults.on(ClockSkew) {
		return b.o.Now().Add(-skew)
	}
	return b.o.Now()
}

// base returns the base URL as pages and the realm show it.
func (b *Bitbucket) base(r *http.Request) string {
	if b.baseURL != "" {
		return b.baseURL
	}
	return requestScheme(r) + "://" + r.Host + b.context
}

func requestScheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// newLook tells whether this version has the "Create link" button.
func (b *Bitbucket) newLook() bool { return b.version.AtLeast(core.FirstOAuth2) }

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
	if b.disturb(res, r) {
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

func (b *Bitbucket) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/style.css", web.ServeStyle)
	b.sessionRoutes(mux)
	b.linkRoutes(mux)
	b.oauth1Routes(mux)
	b.oauth2Routes(mux)
	b.restRoutes(mux)
	b.linkRESTRoutes(mux)
	mux.HandleFunc("/", b.notFound)
	return mux
}
