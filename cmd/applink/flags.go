package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// questions are all questions of the set-up, in their order, each field once.
func questions() []setup.Question {
	var qs []setup.Question
	seen := map[core.Field]bool{}
	for _, st := range setup.Steps() {
		if st.Superseded {
			continue // its flags are those of migrate and rotate
		}
		for _, q := range st.Asks {
			if !seen[q.Field] {
				seen[q.Field] = true
				qs = append(qs, q)
			}
		}
	}
	return qs
}

// usages explain the flags whose name does not.
var usages = map[core.Field]string{
	core.FieldApplication:      "what will use Bitbucket: a name of `applink applications`",
	core.FieldAppURL:           "URL of the application",
	core.FieldName:             "name of the integration",
	core.FieldPurpose:          "sign-in, or sync for sign-in and synchronization",
	core.FieldPlatform:         "data-center, for Bitbucket Data Center / Server",
	core.FieldBaseURL:          "Bitbucket's base URL, context path included",
	core.FieldCAFile:           "PEM file of further certificate authorities",
	core.FieldVersion:          "Bitbucket's version, where it cannot be read",
	core.FieldOAuth:            "OAuth version: 1 or 2",
	core.FieldKeyOrigin:        "where the key pair comes from: make (applink makes it), have (--private-key) or application (--public-key)",
	core.FieldConsumerCallback: "Consumer Callback URL of an OAuth 1 link, where the application needs one",
	core.FieldPermissions:      "boxes to tick over OAuth 2, as \"Repositories: Read\", or nothing",
	core.FieldKeyBits:          "size of the RSA key to make: 2048, 3072 or 4096",
	core.FieldClientID:         "Client ID that the application made, or that the link is to have",
	core.FieldPublicKey:        "file with the application's Public Key; - for standard input",
	core.FieldPrivateKey:       "file with the private key, where it is not made here; - for standard input",
	core.FieldSecret:           "file with the Client secret of an OAuth 2 link; - for standard input",
	core.FieldCallback:         "Redirect URL of an OAuth 2 link",
	core.FieldTwoFactor:        "is the U2F & TOTP app installed: yes, no or unknown",
	core.FieldKeepTokens:       "of a link that is to take over: keep the tokens of its sign-in, for programs that use those of the link in use: yes or no",
	core.FieldLoginLink:        "URL that users open to sign in",
}

func flagUsage(q setup.Question) string {
	if u := usages[q.Field]; u != "" {
		return u
	}
	return string(q.Field)
}

// collect reads the flags that were given; an empty value is an answer too.
func (a *app) collect(c *cobra.Command) (map[core.Field]string, error) {
	given := map[core.Field]string{}
	for _, q := range questions() {
		flag := c.Flags().Lookup(string(q.Field))
		if flag == nil || !flag.Changed {
			continue
		}
		value := flag.Value.String()
		if q.Kind.FromFile() {
			text, err := a.readFile(value)
			if err != nil {
				return nil, err
			}
			value = text
		}
		given[q.Field] = value
	}
	return given, nil
}

// fileLimit bounds a key file, in bytes.
const fileLimit = 1 << 20

// readFile reads the file that a flag names, "-" being standard input. An empty one is
// refused, whatever it is for: it is not the same as a flag that was left out.
func (a *app) readFile(path string) (string, error) {
	var r io.Reader = a.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", finding.FileUnreadable.With(path).Because(err.Error())
		}
		defer file.Close()
		r = file
	}
	b, err := io.ReadAll(io.LimitReader(r, fileLimit))
	if err != nil {
		return "", finding.FileUnreadable.With(path).Because(err.Error())
	}
	if strings.TrimSpace(seal.InUTF8(string(b))) == "" {
		if path == "-" {
			path = "standard input"
		}
		return "", finding.FileEmpty.With(path)
	}
	return string(b), nil
}

// words reads names of steps that a word can complete.
func words(ids []string) (map[core.StepID]bool, error) {
	set, err := stepSet(ids)
	for id := range set {
		only := func(st setup.Step) bool { return st.ID == id && st.Needs.Check == "" }
		if !slices.ContainsFunc(setup.Steps(), only) {
			return nil, unsaid(id)
		}
	}
	return set, err
}

// stepSet reads names of steps.
func stepSet(ids []string) (map[core.StepID]bool, error) {
	set := map[core.StepID]bool{}
	var known []string
	for _, st := range setup.Steps() {
		if name := string(st.ID); !st.Superseded && !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, finding.NoSuchChoice.With(id, strings.Join(known, ", "))
		}
		set[core.StepID(id)] = true
	}
	return set, nil
}
