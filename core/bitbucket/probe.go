package bitbucket

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"applink/core"
)

// Report is the result of a [Probe]. Failures are in the exchanges.
type Report struct {
	Product    string       // displayName of application-properties; "" when that is not what answered
	Version    core.Version // "" when RawVersion is no version
	RawVersion string

	ClockDiff  time.Duration // server minus ours, good to about a second
	ClockKnown bool          // the answer had a Date header

	OAuth2    string // "present", "absent" or "unknown": the provider for incoming OAuth 2 links
	LoginType string // "LOGIN_FORM", "IDP", or several with commas; "" when not told
	Proxy     string // proxy of the requests, without credentials; "" for none
	TLS       TLS    // zero over http
}

// TLS describes the handshake of a server.
type TLS struct {
	Version  string // "TLS 1.3"
	Issuer   string
	Names    []string // that the certificate is good for
	NotAfter time.Time
	Days     int // whole days until NotAfter
}

// Probe asks, without credentials, what stands at a base URL: Bitbucket's
// application-properties first; then, when that answers as Bitbucket, whether
// the OAuth 2 provider is there and how people log in; otherwise for signs of
// another product, whether Bitbucket begins at another path of the same origin, and
// whether https answers where http did not. All exchanges are returned in order,
// the one with application-properties first.
func Probe(ctx context.Context, base string, rt http.RoundTripper) (Report, []core.Exchange) {
	p := &probe{ctx: ctx, client: New(base, rt), recorder: &Recorder{}}
	p.report.OAuth2 = "unknown"
	resp, ex := p.get(applicationProperties)
	p.connection(resp, ex)
	if p.properties(ex) {
		p.provider()
		p.login()
	} else {
		p.otherProduct(ex)
	}
	return p.report, p.recorder.Exchanges()
}

type probe struct {
	ctx      context.Context
	client   *Client
	recorder *Recorder
	report   Report
	quickest time.Duration // exchange that Report.ClockDiff is read from
}

// get returns the response, with its body read, and the exchange; the response
// is nil when there was none.
func (p *probe) get(path string) (*http.Response, core.Exchange) {
	before := len(p.recorder.Exchanges())
	req, err := http.NewRequestWithContext(WithRecorder(p.ctx, p.recorder), http.MethodGet, p.client.URL(path, nil), nil)
	if err != nil {
		return nil, p.noted(core.Exchange{Method: http.MethodGet, URL: p.client.Base, Err: err, At: time.Now()})
	}
	req.Header.Set("Accept", "application/json, */*;q=0.5")
	began := time.Now()
	resp, err := p.client.HTTP.Do(req)
	var body []byte
	if err == nil {
		body, _ = io.ReadAll(io.LimitReader(resp.Body, DefaultBodyLimit))
		resp.Body.Close()
	}
	if all := p.recorder.Exchanges(); len(all) > before {
		p.clock(all[len(all)-1])
		return resp, all[len(all)-1]
	}
	// Another round tripper than ours does not record.
	var s secrets
	ex := core.Exchange{Method: http.MethodGet, URL: s.url(req.URL), Err: s.err(err), At: time.Now(), Took: time.Since(began)}
	if resp != nil {
		s.received(resp.Header, body)
		ex.Status, ex.Header, ex.Body = resp.StatusCode, s.header(resp.Header), s.body(body)
	}
	p.clock(ex)
	return resp, p.noted(ex)
}

// clock compares the clocks by the quickest exchange, which leaves the least
// room for error. The Date header counts as written in the middle of the round
// trip; its second is cut off.
func (p *probe) clock(ex core.Exchange) {
	date, err := http.ParseTime(ex.Header.Get("Date"))
	if err != nil || p.report.ClockKnown && ex.Took >= p.quickest {
		return
	}
	p.quickest = ex.Took
	p.report.ClockDiff = date.Add(time.Second / 2).Sub(ex.At.Add(-ex.Took / 2)).Round(time.Millisecond)
	p.report.ClockKnown = true
}

func (p *probe) noted(ex core.Exchange) core.Exchange {
	p.recorder.add(ex)
	return ex
}

// connection reads what every answer tells, whoever gave it.
func (p *probe) connection(resp *http.Response, ex core.Exchange) {
	p.report.Proxy = ex.Proxy
	if resp == nil {
		return
	}
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		return
	}
	leaf := resp.TLS.PeerCertificates[0]
	p.report.TLS = TLS{
		Version:  tls.VersionName(resp.TLS.Version),
		Issuer:   leaf.Issuer.String(),
		Names:    leaf.DNSNames,
		NotAfter: leaf.NotAfter,
		Days:     int(leaf.NotAfter.Sub(ex.At).Hours() / 24),
	}
	for _, ip := range leaf.IPAddresses {
		p.report.TLS.Names = append(p.report.TLS.Names, ip.String())
	}
}

// properties reads application-properties and reports whether they are
// Bitbucket's.
func (p *probe) properties(ex core.Exchange) bool {
	var answer struct {
		Version     string `json:"version"`
		DisplayName string `json:"displayName"`
	}
	if ex.Status != http.StatusOK || !isJSON(ex.Header) || json.Unmarshal(ex.Body, &answer) != nil {
		return false
	}
	p.report.Product, p.report.RawVersion = answer.DisplayName, answer.Version
	p.report.Version, _ = core.ParseVersion(answer.Version)
	return strings.EqualFold(answer.DisplayName, "Bitbucket")
}

// provider asks for the OAuth 2 clients, which only an administrator may see: a
// refusal shows that the provider is there.
func (p *probe) provider() {
	switch _, ex := p.get("/rest/oauth2/1.0/client"); ex.Status {
	case http.StatusUnauthorized:
		p.report.OAuth2 = "present"
	case http.StatusNotFound:
		p.report.OAuth2 = "absent"
	}
}

func (p *probe) login() {
	_, ex := p.get("/rest/authconfig/1.0/login-options")
	var answer struct {
		Results []struct {
			Type string `json:"type"`
		} `json:"results"`
	}
	if ex.Status != http.StatusOK || json.Unmarshal(ex.Body, &answer) != nil {
		return
	}
	var types []string
	for _, r := range answer.Results {
		types = append(types, r.Type)
	}
	p.report.LoginType = strings.Join(types, ",")
}

// otherProduct collects what helps to say what answered instead of Bitbucket.
func (p *probe) otherProduct(first core.Exchange) {
	plain := strings.HasPrefix(p.client.Base, "http://")
	if plain && (first.Status == 0 || first.Status == http.StatusBadRequest) {
		p.overHTTPS(first)
		return
	}
	if first.Status == 0 || first.Status >= 500 || first.Status == http.StatusTooManyRequests {
		return
	}
	if (first.Status == http.StatusNotFound || first.Status == http.StatusOK) && p.otherPath() {
		return
	}
	p.get("/rest/applinks/1.0/manifest")
	p.get("/")
}

// usualPaths are those at which Bitbucket most often begins.
var usualPaths = []string{"", "/bitbucket"}

// otherPath reports whether Bitbucket begins at a usual path of the origin, which
// is not the one that was asked for.
func (p *probe) otherPath() bool {
	u, err := url.Parse(p.client.Base)
	if err != nil {
		return false
	}
	given, learned := *p.client, p.report
	defer func() { p.client, p.report = &given, learned }()
	for _, path := range usualPaths {
		if path == strings.TrimRight(u.Path, "/") || p.ctx.Err() != nil {
			continue
		}
		other := *u
		other.Path, other.RawPath = path, ""
		client := given
		client.Base = other.String()
		p.client = &client
		if _, ex := p.get(applicationProperties); p.properties(ex) {
			return true
		}
	}
	return false
}

// overHTTPS asks the https side of the same host and port whether it answers,
// where there is such a host.
func (p *probe) overHTTPS(first core.Exchange) {
	var unknownHost *net.DNSError
	if first.Proxy != "" || p.ctx.Err() != nil || errors.As(first.Err, &unknownHost) {
		return
	}
	u, err := url.Parse(p.client.Base)
	if err != nil {
		return
	}
	u.Scheme = "https"
	secure := *p.client
	secure.Base = u.String()
	p.client = &secure
	p.get(applicationProperties)
}
