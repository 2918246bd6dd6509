package seal

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/finding"
)

var someDay = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bare is the base64 of a PEM, without its lines.
func bare(text string) string {
	b, _ := pem.Decode([]byte(text))
	return base64.StdEncoding.EncodeToString(b.Bytes)
}

func wrap(s string, n int) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%n == 0 {
			b.WriteString("\n")
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shapes are the ways in which a whole key is damaged on its way and can be read
// nevertheless.
var shapes = map[string]func(string) string{
	"as it is":           func(s string) string { return s },
	"CRLF":               func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"CR":                 func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
	"blanks for lines":   func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
	"no lines":           func(s string) string { return strings.ReplaceAll(s, "\n", "") },
	"escaped lines":      func(s string) string { return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` },
	"bare":               bare,
	"bare, quoted":       func(s string) string { return "'" + bare(s) + "'" },
	"bare, unpadded":     func(s string) string { return strings.TrimRight(bare(s), "=") },
	"leading blank":      func(s string) string { return " \n\t" + s },
	"trailing blanks":    func(s string) string { return s + " \n\n" },
	"indented":           func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") },
	"wrapped at 30":      func(s string) string { return wrap(strings.ReplaceAll(s, "\n", ""), 30) },
	"wrapped in lines":   func(s string) string { return wrap(strings.ReplaceAll(s, "\n", ""), 7) },
	"no-break spaces":    func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	"zero width":         func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "M", "M\u200b") },
	"soft hyphens":       func(s string) string { return strings.ReplaceAll(s, "A", "A\u00ad") },
	"smart quotes":       func(s string) string { return "“" + s + "”" },
	"mail quoting":       func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") },
	"in a frame":         func(s string) string { return "│ " + strings.ReplaceAll(s, "\n", " │\n│ ") + " │" },
	"long dashes":        func(s string) string { return strings.ReplaceAll(s, "--", "—") },
	"first dash lost":    func(s string) string { return s[1:] },
	"last dashes lost":   func(s string) string { return strings.TrimRight(s, "-\n") },
	"prose around":       func(s string) string { return "Public Key:\n" + s + "\nCopy" },
	"other certificate":  func(s string) string { return strings.ReplaceAll(s, "CERTIFICATE", "X509 CERTIFICATE") },
	"wrong label":        func(s string) string { return strings.ReplaceAll(s, "PUBLIC KEY", "CERTIFICATE") },
	"padding twice over": func(s string) string { return strings.Replace(s, "\n-----END", "==\n-----END", 1) },
}

func TestParsePublicKeyShapes(t *testing.T) {
	for _, file := range []string{"rsa2048.pem", "cert1024sha1.pem"} {
		text := fixture(t, file)
		for name, change := range shapes {
			t.Run(file+" "+name, func(t *testing.T) {
				k, err := ParsePublicKey(change(text))
				if err != nil {
					t.Fatal(err)
				}
				if k.PEM != strings.TrimSpace(text) {
					t.Errorf("PEM is\n%s", k.PEM)
				}
			})
		}
	}
}

func TestParsePublicKeyTellsWhatItIs(t *testing.T) {
	k, err := ParsePublicKey(fixture(t, "cert1024sha1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if k.Kind != KindCertificate || k.Bits != 1024 || k.Key.N.BitLen() != 1024 || !k.SHA1 || k.NotAfter.Year() != 2053 {
		t.Errorf("certificate: %+v", k)
	}
	der, err := x509.MarshalPKIXPublicKey(k.Key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := ParsePublicKey(armour("PUBLIC KEY", der))
	if err != nil || spki.Fingerprint != k.Fingerprint || spki.Kind != KindKey {
		t.Errorf("its key: %+v, %v", spki, err)
	}
}

func TestWarnings(t *testing.T) {
	codes := func(text string, now time.Time) (out string) {
		k, err := ParsePublicKey(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range k.Warnings(now) {
			if !f.Warning {
				t.Errorf("%s is not a warning", f.Code)
			}
			out += strings.TrimPrefix(string(f.Code), "AL-KEY-") + " "
		}
		return out
	}
	cert := fixture(t, "cert1024sha1.pem")
	inside := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text, want string
		now              time.Time
	}{
		{"sound key", fixture(t, "rsa2048.pem"), "", someDay},
		{"weak certificate", cert, "007 008 ", inside},
		{"expired", cert, "007 008 009 ", inside.AddDate(20, 0, 0)},
		{"not yet valid", cert, "007 008 009 ", inside.AddDate(-20, 0, 0)},
		{"with text before", "subject=CN = Acme\n" + cert, "007 008 ", inside},
		{"with blanks before", "\n  " + cert, "007 008 ", inside},
	} {
		if got := codes(c.text, c.now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParsePublicKeyFindings(t *testing.T) {
	good, cert := fixture(t, "rsa2048.pem"), fixture(t, "cert1024sha1.pem")
	end := strings.Index(good, "-----END")
	for _, c := range []struct {
		name, text string
		code       core.Code
		missing    string
	}{
		{"empty", "", finding.NotAKey.Code(), ""},
		{"words", "the public key", finding.NotAKey.Code(), ""},
		{"a word", "certificate", finding.NotAKey.Code(), ""},
		{"URL", "https://git.acme.com/key.pem", finding.KeyFormatUnsupported.Code(), ""},
		{"huge", strings.Repeat("A", pasteLimit+1), finding.NotAKey.Code(), ""},
		{"only the lines", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", finding.KeyDamaged.Code(), "the key between the lines"},
		{"no END line", good[:end], finding.KeyDamaged.Code(), "the END line"},
		{"no BEGIN line", good[27:], finding.KeyDamaged.Code(), "the BEGIN line"},
		{"cut in the body", good[:27+200], finding.KeyDamaged.Code(), "the END line and 147 of 294 bytes"},
		{"a line lost", good[:27] + good[27+65:], finding.KeyDamaged.Code(), "the start of the key"},
		{"a middle line lost", good[:92] + good[92+65:], finding.KeyDamaged.Code(), "48 of 294 bytes"},
		{"bare, cut", bare(good)[:102], finding.KeyDamaged.Code(), "218 of 294 bytes"},
		{"bare, and a part again", bare(good) + bare(good)[:40], finding.KeyDamaged.Code(), "the length, 30 bytes too many"},
		{"shortened", good[:100] + "…" + good[200:], finding.KeyDamaged.Code(), "what stands where the dots are"},
		{"certificate cut", cert[:300], finding.KeyDamaged.Code(), ""},
		{"illegible", good[:100] + "?" + good[101:], finding.KeyDamaged.Code(), "character 73 of 392"},
		{"two keys", good + cert, finding.SeveralKeys.Code(), ""},
		{"ssh-rsa, cut", fixture(t, "ssh-rsa.pub")[:100], finding.KeyFormatUnsupported.Code(), ""},
		{"ssh EC", "ecdsa-sha2-nistp256 AAAA me@here", finding.KeyIsEC.Code(), ""},
		{"EC", fixture(t, "ec.pem"), finding.KeyIsEC.Code(), ""},
		{"EC of a curve that Go lacks", fixture(t, "secp256k1.pem"), finding.KeyIsEC.Code(), ""},
		{"Ed25519", fixture(t, "ed25519.pem"), finding.KeyTypeUnsupported.Code(), ""},
		{"DSA", fixture(t, "dsa.pem"), finding.KeyTypeUnsupported.Code(), ""},
		{"RSA-PSS", fixture(t, "rsa-pss.pem"), finding.KeyTypeUnsupported.Code(), ""},
		{"request", fixture(t, "request.pem"), finding.KeyFormatUnsupported.Code(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParsePublicKey(c.text)
			f := wantCode(t, err, c.code)
			if c.missing != "" && f.Params["missing"] != c.missing {
				t.Errorf("missing %q, want %q", f.Params["missing"], c.missing)
			}
		})
	}
}

// A private key is known as such in every shape, whole or cut, and nothing of it
// comes back.
func TestParsePublicKeyRefusesPrivateKeys(t *testing.T) {
	text, err := testKey().PEM()
	if err != nil {
		t.Fatal(err)
	}
	key := text.Reveal()
	pastes := map[string]string{
		"beside a certificate": fixture(t, "cert1024sha1.pem") + key,
		"cut":                  key[:300],
		"bare, cut":            bare(key)[:300],
		"lines of a public":    strings.ReplaceAll(key, "PRIVATE", "PUBLIC"),
		"without BEGIN line":   key[30:],
		"encrypted":            fixture(t, "encrypted-pkcs8.pem"),
		"encrypted, bare":      bare(fixture(t, "encrypted-pkcs8.pem")),
		"encrypted PKCS#1":     fixture(t, "encrypted-pkcs1.pem"),
		"OpenSSH":              "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=",
		"PuTTY":                "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none",
	}
	for name, change := range shapes {
		pastes["shape: "+name] = change(key)
	}
	for name, paste := range pastes {
		t.Run(name, func(t *testing.T) {
			k, err := ParsePublicKey(paste)
			f := wantCode(t, err, finding.KeyIsPrivate.Code())
			if f.Raw != "" || len(f.Params) != 0 || k.PEM != "" || k.Key != nil {
				t.Errorf("the finding carries %+v, the key %+v", f, k)
			}
		})
	}
}

// A key cut at any place is never taken for a whole one, and a private key never
// for a public one.
func TestParsePublicKeyCutAnywhere(t *testing.T) {
	cert := strings.TrimSpace(fixture(t, "cert1024sha1.pem"))
	body := strings.Index(cert, "-----END")
	for i := range body {
		if _, err := ParsePublicKey(cert[:i]); err == nil {
			t.Fatalf("took the first %d of %d characters", i, len(cert))
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	for _, name := range []string{"rsa2048.pem", "cert1024sha1.pem", "pkcs1.pem", "ec.pem", "ssh-rsa.pub", "encrypted-pkcs8.pem"} {
		text := fixture(f, name)
		f.Add(text)
		f.Add(strings.ReplaceAll(text, "\n", " "))
		f.Add(text[:len(text)/2])
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParsePublicKey(s)
		if err != nil {
			var finding *core.Finding
			if !errors.As(err, &finding) || !strings.HasPrefix(string(finding.Code), "AL-KEY-") {
				t.Fatalf("error %v is no AL-KEY finding", err)
			}
			return
		}
		k.Warnings(someDay)
		again, err := ParsePublicKey(k.PEM)
		if err != nil || again.PEM != k.PEM || again.Fingerprint != k.Fingerprint || !bytes.Equal(again.Key.N.Bytes(), k.Key.N.Bytes()) {
			t.Fatalf("the canonical form of %q reads differently: %v", s, err)
		}
	})
}
