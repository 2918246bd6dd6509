package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// Export kinds that hold all values of a link, not the key alone. The kinds of the key
// alone are the names of [seal.Forms].
const (
	ExportEnv        = "env"               // NAME=VALUE lines, the private key as [seal.FormPEMBase64]
	ExportKubernetes = "kubernetes-secret" // a Secret in YAML
	ExportJSON       = "json"
)

// ExportKinds lists the kinds that a link can be exported as.
func ExportKinds(s *setup.State) []string {
	kinds := []string{ExportEnv, ExportKubernetes, ExportJSON}
	if s.OAuth() == core.OAuth2 {
		return kinds
	}
	var forms []string
	for _, f := range seal.Forms() {
		forms = append(forms, string(f))
	}
	return append(forms, kinds...)
}

// Exported is a link's credentials in the form in which an application takes them.
type Exported struct {
	Kind        string
	Text        seal.Text
	Secret      bool   // it holds the secret half
	Fingerprint string // of the public half, "" over OAuth 2
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
	var err error
	if s.OAuth() == core.OAuth2 {
		err = l.exportClient(ctx, s, values)
	} else {
		err = l.exportKey(ctx, s, &e, values)
	}
	if err != nil {
		return e, err
	}
	if e.Text.Reveal() == "" {
		text, err := document(kind, s.Integration.Slug, values)
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
func (l *Credentials) exportKey(ctx context.Context, s *setup.State, e *Exported, values map[string]string) error {
	key, err := l.PrivateKey(ctx, s.Link.ID)
	if err != nil {
		return err
	}
	if key == nil {
		return finding.NothingToExport.With(s.Integration.Name, s.Integration.Slug)
	}
	form := seal.Form(e.Kind)
	if alone := slices.Contains(seal.Forms(), form); !alone {
		form = seal.FormPKCS8
		if e.Kind == ExportEnv {
			form = seal.FormPEMBase64
		}
	}
	text, err := key.Export(form, s.Integration.Name, l.now())
	if err != nil {
		return err
	}
	public, err := key.Export(seal.FormSPKI, "", l.now())
	if err != nil {
		return err
	}
	parsed, err := seal.ParsePublicKey(public.Reveal())
	if err != nil {
		return err
	}
	e.Fingerprint, e.Secret = parsed.Fingerprint, !form.Public()
	if string(form) == e.Kind {
		e.Text = text
		return nil
	}
	values["consumer-key"], values["private-key"] = s.Value(core.FieldClientID), text.Reveal()
	if e.Kind != ExportEnv {
		values["public-key"] = public.Reveal()
	} else {
		values["private-key-base64"] = text.Reveal()
		delete(values, "private-key")
	}
	return nil
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
	case ExportJSON:
		named := map[string]string{}
		for k, v := range values {
			named[strings.ReplaceAll(k, "-", "_")] = v
		}
		out, err := json.MarshalIndent(named, "", "  ")
		return string(out) + "\n", err
	case ExportEnv:
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
