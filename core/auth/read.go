package auth

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// reader turns the text of an answer into its stored form, or says what is wrong
// with it. It sees syntax only; whatever needs the network is a check.
type reader func(*setup.State, setup.Question, string) (string, error)

var readers = map[setup.Kind]reader{
	setup.Choice:           readChoice,
	setup.Name:             readName,
	setup.AppURL:           readAppURL,
	setup.Base:             readBase,
	setup.File:             readFile,
	setup.Version:          readVersion,
	setup.ClientID:         readClientID,
	setup.PublicKey:        readPublicKey,
	setup.Secret:           readSecret,
	setup.CallbackURL:      readCallback,
	setup.LoginURL:         readLoginURL,
	setup.ConsumerCallback: readConsumerCallback,
}

func read(s *setup.State, q setup.Question, text string) (string, error) {
	if q.Kind != setup.PublicKey {
		text, _ = clean(q, text)
	}
	if strings.TrimSpace(text) == "" {
		if q.MayBeEmpty(s) {
			return "", nil
		}
		return "", finding.AnswerEmpty.With(string(q.Field))
	}
	switch {
	case q.Kind != setup.PublicKey && seal.HoldsPrivateKey(text):
		// Every answer is stored and shown; a private key must be neither.
		return "", finding.KeyIsPrivate.With()
	case (q.Kind == setup.Secret || q.Kind == setup.ClientID) && seal.Masked(text):
		return "", finding.MaskedValue.With(string(q.Field))
	case isURL[q.Kind]:
		if part := placeholder(text); part != "" {
			return "", finding.URLWithPlaceholder.With(shorten(text), part)
		}
	}
	switch q.Kind {
	case setup.AppURL, setup.Base, setup.CallbackURL, setup.LoginURL, setup.ConsumerCallback:
		text = core.Printable(text) // what is invisible came with a paste
	}
	return readers[q.Kind](s, q, text)
}

// isURL are the kinds of answers that are addresses.
var isURL = map[setup.Kind]bool{setup.AppURL: true, setup.Base: true, setup.CallbackURL: true, setup.LoginURL: true, setup.ConsumerCallback: true}

// blanks are what guides leave to be filled in, in ways that no address has.
var blanks = core.Pattern(`<[^<>]*>|\$?\{[^{}]*\}+|\[[a-zA-Z][^\[\]:]*\]|\.\.\.+|…|\*+|%[A-Z_]{4,}%|/:[a-zA-Z]\w*` +
	`|\b(?:YOUR[-_ ]|MY_)[A-Z]+(?:[-_][A-Z]+)*\b|\bYOUR(?:DOMAIN|HOST|SERVER|COMPANY|ORG|URL)\b|(?i:\byour_\w+)|\b(?:REPLACE|CHANGE)[-_]?(?:ME|THIS)\b|\bPLACEHOLDER\b`)

// placeholder finds what is left to be filled in, "" for none.
func placeholder(text string) string {
	return shorten(strings.TrimPrefix(blanks().FindString(text), "/"))
}

func readChoice(s *setup.State, q setup.Question, text string) (string, error) {
	var known []string
	for _, o := range q.Options(s) {
		if strings.EqualFold(o.Value, text) {
			if o.Refusal != nil {
				return "", o.Refusal
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
		if problem := s.Moves().Refused(core.OAuth(text)); problem != nil {
			return problem
		}
	}
	return finding.NoSuchChoice.With(text, choices)
}

// longestName is the longest name of an integration, in characters.
const longestName = 80

func readName(_ *setup.State, _ setup.Question, text string) (string, error) {
	if core.Slug(text) == "" {
		return "", finding.NameWithoutLetters.With(shorten(text))
	}
	if utf8.RuneCountInString(text) > longestName || strings.ContainsFunc(text, unicode.IsControl) {
		return "", finding.InvalidName.With(shorten(text), strconv.Itoa(longestName))
	}
	return core.Line(text, longestName), nil
}

// shorten makes a wrong answer fit into a sentence about it.
func shorten(text string) string {
	return core.Line(strings.Join(strings.Fields(text), " "), longestName+1)
}

func readAppURL(_ *setup.State, _ setup.Question, text string) (string, error) {
	u, err := parseURL(text)
	if err != nil {
		if full := "https://" + text; !strings.Contains(text, "://") {
			if u, err := parseURL(full); err == nil && strings.ContainsAny(u.Host, ".:") {
				return "", &core.Suggestion{Value: full, Finding: finding.SchemeMissing.With(shorten(text), full)}
			}
		}
		return "", err
	}
	u.Fragment = ""
	return u.String(), nil
}

// parseURL takes an http or https URL with a host. A password that is part of it
// stays out of the finding.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil && strings.Contains(text, "@"), err == nil && u.User != nil:
		return nil, finding.URLWithCredentials.With()
	case err != nil, strings.ContainsFunc(text, unicode.IsSpace), u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http":
		return nil, finding.InvalidURL.With(shorten(text))
	}
	return u, nil
}

func readBase(_ *setup.State, _ setup.Question, text string) (string, error) {
	return bitbucket.ParseBaseURL(text)
}

// readFile takes the certificates of authorities out of a file. What tells of those
// that are stored already stands for them.
func readFile(s *setup.State, q setup.Question, text string) (string, error) {
	if stored, _ := s.AnswerTo(q); stored.Value != "" && text == seal.DescribeAuthorities(stored.Value) {
		return stored.Value, nil
	}
	return seal.ReadAuthorities(text)
}

func readVersion(_ *setup.State, _ setup.Question, text string) (string, error) {
	v, err := core.ParseVersion(text)
	if err != nil {
		return "", finding.InvalidVersion.With(shorten(text)).Because(err.Error())
	}
	return string(v), nil
}

// readClientID takes any format, since the consumer determines it, but notices a
// key or a URL pasted into the wrong question. It stands where everybody may read it, so
// that over OAuth 2 nothing with the shape of a Client secret is taken.
func readClientID(s *setup.State, _ setup.Question, text string) (string, error) {
	if s.OAuth() == core.OAuth2 && core.HoldsSecret(text) {
		return "", finding.NotAClientID.With()
	}
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	if strings.ContainsFunc(text, odd) || strings.HasPrefix(text, "-----") || strings.Contains(text, "://") || len(text) > longestClientID {
		return "", finding.NotAClientID.With()
	}
	return core.Line(text, longestClientID), nil
}

// longestClientID bounds a Client ID, in bytes: a key without its lines is
// longer.
const longestClientID = 255

// readPublicKey says whose key is asked for, so that a finding can tell where to copy it.
func readPublicKey(s *setup.State, _ setup.Question, text string) (string, error) {
	k, err := seal.ParsePublicKey(text)
	var f *core.Finding
	if errors.As(err, &f) && s.App.Holder == core.HeldByApplication {
		f.Params["application"] = s.App.InSentence()
	}
	if err != nil {
		return "", err
	}
	return k.PEM, nil
}

var fragment = core.Pattern(`#[^,\s]*`)

// readCallback takes one https or http URL, or a comma list as Private Packagist
// gives it. A slug that is missing at the end is refused: the copied value of a
// form whose name was still empty looks like that.
func readCallback(s *setup.State, _ setup.Question, text string) (string, error) {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		part = strings.TrimSpace(part)
		address, _, _ := strings.Cut(part, "?")
		if strings.Count(address, "://") > 1 {
			return "", finding.SeveralURLs.With(shorten(text))
		}
		if _, err := parseURL(part); err != nil {
			return "", err
		}
		if _, _, ok := strings.Cut(part, "#"); ok {
			return "", finding.RedirectWithFragment.With(shorten(part), fragment().ReplaceAllString(text, ""))
		}
		if s.App.Profiles[core.OAuth2].Callback != "" && s.App.Holder == core.HeldByApplication && strings.HasSuffix(part, "/") {
			return "", finding.RedirectWithoutName.With(shorten(text))
		}
		parts[i] = part
	}
	return strings.Join(parts, ","), nil
}

// readConsumerCallback takes one http or https URL, as Bitbucket's form does.
func readConsumerCallback(_ *setup.State, _ setup.Question, text string) (string, error) {
	u, err := parseURL(text)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// readLoginURL takes an https URL on the application's host; plain http is for a
// practice application on this machine only.
func readLoginURL(s *setup.State, _ setup.Question, text string) (string, error) {
	u, err := parseURL(text)
	if err != nil {
		return "", err
	}
	host := "the application's host"
	if app, err := url.Parse(s.AppURL()); err == nil && app.Host != "" {
		host = app.Host
	}
	secure := u.Scheme == "https" || isLoopback(u.Hostname())
	if !secure || s.App.URL != "" && !strings.EqualFold(u.Host, host) {
		return "", finding.NotALoginLink.With(shorten(text), host)
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// longestSecret bounds a client secret, in bytes.
const longestSecret = 4096

// readSecret takes any text: the shape of a client secret is not documented, so that
// [Doubt] warns of an odd one and nothing refuses it. What is longer is a file.
func readSecret(_ *setup.State, _ setup.Question, text string) (string, error) {
	if len(text) > longestSecret {
		return "", finding.SecretTooLong.With(strconv.Itoa(longestSecret))
	}
	return text, nil
}
