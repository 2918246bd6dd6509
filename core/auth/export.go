package auth

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// ExportKinds lists the kinds that a link can be exported as.
func ExportKinds(s *setup.State) []string {
	kinds := []string{core.ExportEnv, core.ExportKubernetes, core.ExportJSON}
	if s.Profile().Snippet != "" {
		kinds = append(kinds, core.ExportSnippet)
	}
	if s.OAuth() == core.OAuth2 {
		return kinds
	}
	var forms []string
	for _, f := range seal.Forms() {
		forms = append(forms, string(f))
	}
	return append(forms, kinds...)
}

// Exportable reports whether the secret half of a link is held here, and is there.
func Exportable(s *setup.State) bool {
	if s.OAuth() == core.OAuth2 {
		return s.App.Holder == core.HeldHere && s.Value(core.FieldSecret) != ""
	}
	return s.App.Holder == core.HeldHere && s.Value(core.FieldPublicKey) != ""
}

// UsualExport is the kind of export that the application takes; of one that says nothing,
// the key alone over OAuth 1 and all values over OAuth 2.
func UsualExport(s *setup.State) string {
	usual := map[core.OAuth]string{core.OAuth1: string(seal.FormPKCS8), core.OAuth2: core.ExportEnv}
	return cmp.Or(s.Profile().Export, usual[s.OAuth()])
}

// Exported is a link's credentials in the form in which an application takes them.
type Exported struct {
	Kind        string
	Text        seal.Text
	Secret      bool   // it holds the secret half
	Fingerprint string // of the public half, "" over OAuth 2
}

// FileName proposes a name for a file of it.
func (e Exported) FileName(slug string) string {
	ending := map[string]string{core.ExportJSON: ".json", core.ExportKubernetes: ".yaml", core.ExportEnv: ".env", core.ExportSnippet: ".txt"}[e.Kind]
	return slug + cmp.Or(ending, ".pem")
}

// Export writes the credentials of the link that the state looks through. It enters the
// event "exported" before it returns, with kind and fingerprint. Errors are
// [finding.SecretElsewhere] when the application holds the secret half,
// [finding.NothingToExport] when there is no key or secret yet, [finding.NoSuchChoice] for
// another kind, and those of [Credentials.PrivateKey].
func (l *Credentials) Export(ctx context.Context, s *setup.State, kind string) (Exported, error) {
	e := Exported{Kind: kind, Secret: true}
	kinds := ExportKinds(s)
	switch {
	case !slices.Contains(kinds, kind):
		return e, finding.NoSuchChoice.With(kind, strings.Join(kinds, ", "))
	case s.App.Holder != core.HeldHere:
		return e, finding.SecretElsewhere.With(s.Integration.Name, s.App.InSentence())
	}
	values := map[string]string{"base-url": s.Value(core.FieldBaseURL)}
	var key *seal.PrivateKey
	var err error
	if s.OAuth() == core.OAuth2 {
		err = l.exportClient(ctx, s, values)
	} else {
		key, err = l.exportKey(ctx, s, &e, values)
	}
	if err != nil {
		return e, err
	}
	if e.Text.Reveal() == "" {
		text, err := "", error(nil)
		if kind == core.ExportSnippet {
			text, err = snippet(s, values, key, l.now())
		} else {
			text, err = document(kind, s.Integration.Slug, values)
		}
		if err != nil {
			return e, err
		}
		e.Text = seal.NewText(text)
	}
	err = l.store.Write(ctx, func(tx Tx) error {
		return tx.AddEvent(s.Integration.ID, EventExported, strings.TrimSpace(kind+" "+e.Fingerprint), l.now())
	})
	if err != nil {
		return Exported{}, fmt.Errorf("noting the export: %w", err)
	}
	return e, nil
}

// EventExported is the kind of the event that an export leaves.
const EventExported = "exported"

// Exports returns the events of exports that handed out the secret half of the links of
// an integration, the latest first.
func (l *Credentials) Exports(ctx context.Context, integration int64) (exports []Event, err error) {
	err = l.store.Read(ctx, func(tx Tx) error {
		all, err := tx.Events(integration, 0)
		for _, e := range all {
			kind, _, _ := strings.Cut(e.Detail, " ")
			if e.Kind == EventExported && !seal.Form(kind).Public() {
				exports = append(exports, e)
			}
		}
		return err
	})
	return exports, err
}

// exportKey fills in what is known of an OAuth 1 link, and the text of a kind that is
// the key alone.
func (l *Credentials) exportKey(ctx context.Context, s *setup.State, e *Exported, values map[string]string) (*seal.PrivateKey, error) {
	key, err := l.PrivateKey(ctx, s.Link.ID)
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, finding.NothingToExport.With(s.Integration.Name, s.Integration.Slug)
	}
	form := seal.Form(e.Kind)
	if alone := slices.Contains(seal.Forms(), form); !alone {
		form = seal.FormPKCS8
		if e.Kind == core.ExportEnv {
			form = seal.FormPEMBase64
		}
	}
	text, err := key.Export(form, s.Integration.Name, l.now())
	if err != nil {
		return nil, err
	}
	public, err := key.Export(seal.FormSPKI, "", l.now())
	if err != nil {
		return nil, err
	}
	parsed, err := seal.ParsePublicKey(public.Reveal())
	if err != nil {
		return nil, err
	}
	e.Fingerprint, e.Secret = parsed.Fingerprint, !form.Public()
	if string(form) == e.Kind {
		e.Text = text
		return key, nil
	}
	values["consumer-key"], values["private-key"] = s.Value(core.FieldClientID), text.Reveal()
	if e.Kind != core.ExportEnv {
		values["public-key"] = public.Reveal()
	} else {
		values["private-key-base64"] = text.Reveal()
		delete(values, "private-key")
	}
	return key, nil
}

// exportClient fills in what is known of an OAuth 2 link.
func (l *Credentials) exportClient(ctx context.Context, s *setup.State, values map[string]string) error {
	secret, err := l.ClientSecret(ctx, s.Link.ID)
	if err != nil {
		return err
	}
	if secret.Reveal() == "" {
		return finding.NothingToExport.With(s.Integration.Name, s.Integration.Slug)
	}
	values["client-id"], values["client-secret"] = s.Value(core.FieldClientID), secret.Reveal()
	values["redirect-url"] = s.Value(core.FieldCallback)
	return nil
}

// document writes all values in a kind of file.
func document(kind, name string, values map[string]string) (string, error) {
	var b strings.Builder
	switch kind {
	case core.ExportJSON:
		named := map[string]string{}
		for k, v := range values {
			named[strings.ReplaceAll(k, "-", "_")] = v
		}
		out, err := json.MarshalIndent(named, "", "  ")
		return string(out) + "\n", err
	case core.ExportEnv:
		for _, k := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(&b, "BITBUCKET_%s=%s\n", strings.ToUpper(strings.ReplaceAll(k, "-", "_")), values[k])
		}
	default:
		fmt.Fprintf(&b, "apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\ntype: Opaque\ndata:\n", name)
		for _, k := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(&b, "  %s: %s\n", k, base64.StdEncoding.EncodeToString([]byte(values[k])))
		}
	}
	return b.String(), nil
}

// snippet fills the configuration of the application. A key whose form is not the usual one
// is read again as every export is.
func snippet(s *setup.State, values map[string]string, key *seal.PrivateKey, now time.Time) (string, error) {
	maps.Copy(values, map[string]string{"app-url": s.AppURL(), "callback": s.Value(core.FieldCallback)})
	values["client-id"] = s.Value(core.FieldClientID)
	if u, err := url.Parse(values["base-url"]); err == nil {
		values["scheme"], values["host"], values["hostname"], values["context-path"] = u.Scheme, u.Host, u.Hostname(), u.Path
		if values["port"] = u.Port(); values["port"] == "" {
			values["port"] = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
	}
	var failed error
	var lines []string
	for line := range strings.Lines(strings.TrimLeft(s.Profile().Snippet, "\n")) {
		at := core.SnippetPlace().FindAllStringSubmatchIndex(line, -1)
		for _, m := range slices.Backward(at) {
			name, form := line[m[2]:m[3]], ""
			if m[4] >= 0 {
				form = line[m[4]:m[5]]
			}
			value := values[name]
			if name == "private-key" || name == "public-key" {
				text, err := keyIn(key, name, form, now)
				if value = text; err != nil {
					failed = err
				}
			}
			if quoted := strings.Count(line[:m[0]], `"`)%2 == 1; quoted {
				escaped, _ := json.Marshal(value)
				value = string(escaped[1 : len(escaped)-1])
			} else if !bare().MatchString(value) {
				value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
			}
			line = line[:m[0]] + value + line[m[1]:]
		}
		lines = append(lines, line)
	}
	text := strings.Join(lines, "")
	if strings.HasPrefix(text, "{") && !json.Valid([]byte(text)) {
		failed = errors.Join(failed, errors.New("the snippet is no JSON"))
	}
	return text, failed
}

// bare is what needs no quotes, in a shell or a file of settings.
var bare = core.Pattern(`^[A-Za-z0-9_@%+=:,./-]*$`)

// keyIn is one half of a key in the form that a snippet wants.
func keyIn(key *seal.PrivateKey, half, form string, now time.Time) (string, error) {
	if key == nil {
		return "", errors.New("the snippet wants a key, and the link has none")
	}
	usual := map[string]seal.Form{"private-key": seal.FormPKCS8, "public-key": seal.FormSPKI}[half]
	if form != "" && form != "line" {
		usual = seal.Form(form)
	}
	text, err := key.Export(usual, "", now)
	if form != "line" || err != nil {
		return text.Reveal(), err
	}
	lines := strings.Split(strings.TrimSpace(text.Reveal()), "\n")
	return strings.Join(lines[1:len(lines)-1], ""), nil
}
