package auth

import (
	"net"
	"net/url"
	"os"
	"strings"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/seal"
	"applink/core/setup"
)

// reader turns the text of an answer into its stored form, or says what is wrong
// with it. It sees syntax only; whatever needs the network is a check.
type reader func(*setup.State, setup.Question, string) (string, error)

var readers = map[setup.Kind]reader{
	setup.Choice:      readChoice,
	setup.Name:        readName,
	setup.AppURL:      readAppURL,
	setup.Base:        readBase,
	setup.File:        readFile,
	setup.Version:     readVersion,
	setup.ClientID:    readClientID,
	setup.PublicKey:   readPublicKey,
	setup.CallbackURL: readCallback,
	setup.LoginURL:    readLoginURL,
}

func read(s *setup.State, q setup.Question, text string) (string, error) {
	if q.Kind != setup.PublicKey {
		text = strings.TrimSpace(text)
	}
	if strings.TrimSpace(text) == "" {
		if q.MayBeEmpty(s) {
			return "", nil
		}
		return "", core.Find("AL-INPUT-001", "", "flag", string(q.Field))
	}
	return readers[q.Kind](s, q, text)
}

func readChoice(s *setup.State, q setup.Question, text string) (string, error) {
	var known []string
	for _, o := range q.Options(s) {
		if strings.EqualFold(o.Value, text) {
			if o.Value == string(core.PlatformCloud) {
				return "", core.Find("AL-URL-001", "", "url", "bitbucket.org")
			}
			return o.Value, nil
		}
		known = append(known, o.Value)
	}
	return "", refusal(s, q, text, strings.Join(known, ", "))
}

// refusal explains a choice that is not offered: a rule forbids it, or it is
// simply none.
func refusal(s *setup.State, q setup.Question, text, choices string) error {
	if q.Field == core.FieldOAuth {
		for _, a := range s.Advice() {
			if string(a.OAuth) == text && len(a.Reasons) > 0 {
				return core.Find("AL-INPUT-004", "", "value", a.OAuth.String(), "why", a.Reasons[len(a.Reasons)-1].Text)
			}
		}
	}
	return core.Find("AL-INPUT-002", "", "value", text, "choices", choices)
}

func readName(_ *setup.State, _ setup.Question, text string) (string, error) {
	if core.Slug(text) == "" {
		return "", core.Find("AL-STORE-009", "", "name", text)
	}
	return text, nil
}

func readAppURL(_ *setup.State, _ setup.Question, text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", core.Find("AL-URL-002", "", "value", text)
	}
	if u.User != nil {
		return "", core.Find("AL-URL-005", "")
	}
	u.Fragment = ""
	return u.String(), nil
}

func readBase(_ *setup.State, _ setup.Question, text string) (string, error) {
	return bitbucket.ParseBaseURL(text)
}

func readFile(_ *setup.State, _ setup.Question, text string) (string, error) {
	if _, err := os.Stat(text); err != nil {
		return "", core.Find("AL-TLS-006", err.Error(), "path", text)
	}
	return text, nil
}

func readVersion(_ *setup.State, _ setup.Question, text string) (string, error) {
	v, err := core.ParseVersion(text)
	if err != nil {
		return "", core.Find("AL-INPUT-003", err.Error(), "value", text)
	}
	return string(v), nil
}

// readClientID takes any format, since the consumer determines it, but notices a
// key or a URL pasted into the wrong question.
func readClientID(_ *setup.State, q setup.Question, text string) (string, error) {
	switch {
	case strings.Contains(text, "PRIVATE KEY"):
		return "", core.Find("AL-KEY-004", "")
	case strings.ContainsAny(text, " \t\r\n") || strings.HasPrefix(text, "-----") || strings.Contains(text, "://"):
		return "", core.Find("AL-INPUT-004", "", "value", "this text",
			"why", "A Client ID is one word; this looks like a key, a URL or a sentence.")
	}
	return text, nil
}

func readPublicKey(_ *setup.State, _ setup.Question, text string) (string, error) {
	k, err := seal.ParsePublicKey(text)
	if err != nil {
		return "", err
	}
	return k.PEM, nil
}

// readCallback takes one https or http URL, or a comma list as Private Packagist
// gives it. A slug that is missing at the end is refused: the copied value of a
// form whose name was still empty looks like that.
func readCallback(s *setup.State, q setup.Question, text string) (string, error) {
	for _, part := range strings.Split(text, ",") {
		if _, err := readAppURL(s, q, strings.TrimSpace(part)); err != nil {
			return "", err
		}
		if s.App.Callback != "" && s.App.Holder == core.HeldByApplication && strings.HasSuffix(part, "/") {
			return "", core.Find("AL-URL-008", "", "value", text)
		}
	}
	return text, nil
}

// readLoginURL takes an https URL on the application's host; plain http is for a
// practice application on this machine only.
func readLoginURL(s *setup.State, _ setup.Question, text string) (string, error) {
	u, err := url.Parse(text)
	app, _ := url.Parse(s.AppURL())
	if err != nil || u.Host == "" || u.User != nil {
		return "", core.Find("AL-URL-002", "", "value", text)
	}
	secure := u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
	if !secure || s.App.URL != "" && app != nil && !strings.EqualFold(u.Host, app.Host) {
		return "", core.Find("AL-URL-007", "", "value", text, "host", app.Host)
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
