package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"applink/core"
	"applink/core/finding"
	"applink/core/seal"
	"applink/core/setup"
)

// BeginAdoption returns the state before anything is known of a link that was set up
// by hand. Nothing is stored until [Integrations.Adopt].
func (l *Integrations) BeginAdoption() *setup.State {
	words := map[core.StepID]core.Word{setup.Adopted: {At: l.now()}}
	link := core.Link{State: core.LinkDraft, Facts: core.Facts{Words: words}}
	return setup.New(core.Integration{Links: []core.Link{link}}, l.applications)
}

// Adopt stores a new integration for an application as [Integrations.Create] does, with a
// link that was set up by hand. The proof that it exists, or the word to go on without
// one, makes the link the active one.
func (l *Integrations) Adopt(ctx context.Context, application string) (*setup.State, error) {
	return l.create(ctx, application, func(tx Tx, s *setup.State) error {
		return tx.PutWord(s.Integration.ID, s.Link.ID, setup.Adopted, core.Word{At: l.now()})
	})
}

// KeepPrivateKey answers the question for the private key of a link that was set up by
// hand, or of a new one whose key exists already; that gets a Client ID with it. The text is the key as PEM (PKCS#1 or PKCS#8), or the path of its file; a key
// that is encrypted needs its passphrase. The key is stored sealed, with its public
// half as the answer, in one transaction; the text is stored nowhere.
//
// Errors are findings of the AL-KEY family: [finding.KeyEncrypted] asks for the passphrase,
// [finding.WrongPassphrase] is a wrong one, [finding.KeyFileUnreadable] a file that cannot
// be read, [finding.FileEmpty] an empty one; [finding.QuestionNotAsked] is a link whose
// key is not held here.
func (l *Integrations) KeepPrivateKey(ctx context.Context, id int64, text, passphrase seal.Text) (*setup.State, error) {
	s, err := l.State(ctx, id)
	if err == nil {
		_, err = question(s, core.FieldPrivateKey)
	}
	if err != nil {
		return nil, err
	}
	key, err := readPrivateKey(text, passphrase)
	if err != nil {
		return nil, err
	}
	pair, err := l.sealKey(ctx, s.Link.ID, key)
	if err != nil {
		return nil, err
	}
	s, err = l.change(ctx, id, func(tx Tx, s *setup.State) error { return l.importKey(tx, s, pair) })
	if errors.Is(err, errOvertaken) {
		return l.KeepPrivateKey(ctx, id, text, passphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("storing the private key: %w", err)
	}
	return s, nil
}

func (l *base) importKey(tx Tx, s *setup.State, k *keyPair) error {
	if s.Link.ID != k.link {
		return errOvertaken
	}
	if _, err := question(s, core.FieldPrivateKey); err != nil {
		return err
	}
	if setup.InUse(s.Link) && s.Value(core.FieldPublicKey) == k.public {
		return nil
	}
	if err := putSecret(tx, s, secretPrivateKey, k.sealed); err != nil {
		return err
	}
	if err := l.put(tx, s, core.FieldPublicKey, k.public, leave{any: true}); err != nil {
		return err
	}
	if !s.Adopted() && s.Value(core.FieldClientID) == "" {
		if err := l.put(tx, s, core.FieldClientID, newClientID(), leave{any: true}); err != nil {
			return err
		}
	}
	return tx.AddEvent(s.Integration.ID, "answered", string(core.FieldPrivateKey), l.now())
}

// readPrivateKey reads a key, or the file that a path names.
func readPrivateKey(text, passphrase seal.Text) (*seal.PrivateKey, error) {
	if strings.TrimSpace(text.Reveal()) == "" {
		return nil, finding.AnswerEmpty.With(string(core.FieldPrivateKey))
	}
	if IsKeyPath(text.Reveal()) {
		var err error
		if text, err = readKeyFile(strings.TrimSpace(text.Reveal())); err != nil {
			return nil, err
		}
	}
	key, err := seal.DecryptPrivateKey(text, passphrase)
	if errors.Is(err, finding.NotAKey) {
		return nil, finding.NotAPrivateKey.With()
	}
	return key, err
}

// longestWord is how long a path may be without a character that no key has. The
// lines of a PEM have 64.
const longestWord = 60

// IsKeyPath reports whether an answer to the question for a private key is the path
// of a file, which may be shown, rather than a key or a part of one.
func IsKeyPath(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "\r\n") || strings.Contains(text, "-----") {
		return false
	}
	if strings.ContainsAny(text[:1], "/~.") && strings.ContainsAny(text[1:], "._-") {
		return true // no key has these characters
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !inBase64(r) }) {
		if len(word) >= longestWord {
			return false
		}
	}
	return true
}

func inBase64(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' || r == '='
}

// keyFileLimit bounds what is read of a key's file, in bytes.
const keyFileLimit = 128 << 10

func readKeyFile(path string) (seal.Text, error) {
	unreadable := func(err error) (seal.Text, error) {
		return seal.Text{}, finding.KeyFileUnreadable.With(shorten(path)).Because(err.Error())
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	if info, err := os.Stat(path); err != nil {
		return unreadable(err)
	} else if !info.Mode().IsRegular() {
		return unreadable(errors.New("it is no file")) // and could have to be waited for
	}
	file, err := os.Open(path)
	if err != nil {
		return unreadable(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, keyFileLimit))
	if err != nil {
		return unreadable(err)
	}
	if strings.TrimSpace(string(text)) == "" {
		return seal.Text{}, finding.FileEmpty.With(shorten(path))
	}
	return seal.NewText(string(text)), nil
}
