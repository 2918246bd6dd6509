package seal

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Form names the form in which a key is handed to an application.
type Form string

// The forms. Those of PEM end with a line end, those of one line do not.
const (
	FormPKCS1       Form = "pkcs1"       // PEM "RSA PRIVATE KEY" (RFC 8017)
	FormPKCS8       Form = "pkcs8"       // PEM "PRIVATE KEY" (RFC 5958)
	FormPKCS8Line   Form = "pkcs8-line"  // the base64 of PKCS#8 in one line, without BEGIN and END
	FormPEMBase64   Form = "pem-base64"  // the base64 of FormPKCS1 in one line
	FormSPKI        Form = "spki"        // the public half as PEM "PUBLIC KEY"
	FormCertificate Form = "certificate" // the public half in a self-signed certificate
)

// Forms lists all forms.
func Forms() []Form {
	return []Form{FormPKCS1, FormPKCS8, FormPKCS8Line, FormPEMBase64, FormSPKI, FormCertificate}
}

// Public reports whether the form holds the public half alone.
func (f Form) Public() bool { return f == FormSPKI || f == FormCertificate }

// Export writes the key in a form, and reads it again to compare before it returns. A
// certificate bears name as its common name and begins a day before now.
func (k *PrivateKey) Export(f Form, name string, now time.Time) (Text, error) {
	text, err := k.write(f, name, now)
	if err != nil {
		return Text{}, err
	}
	if err := k.compare(f, text); err != nil {
		return Text{}, fmt.Errorf("reading the exported key again: %w", err)
	}
	return NewText(text), nil
}

func (k *PrivateKey) write(f Form, name string, now time.Time) (string, error) {
	pkcs1 := armour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.key)) + "\n"
	switch f {
	case FormPKCS1:
		return pkcs1, nil
	case FormPEMBase64:
		return base64.StdEncoding.EncodeToString([]byte(pkcs1)), nil
	case FormPKCS8:
		t, err := k.PEM()
		return t.Reveal(), err
	case FormPKCS8Line:
		der, err := k.Marshal()
		return base64.StdEncoding.EncodeToString(der), err
	case FormSPKI:
		text, err := k.PublicPEM()
		return text + "\n", err
	case FormCertificate:
		text, err := k.Certificate(name, now)
		return text + "\n", err
	}
	return "", fmt.Errorf("there is no form %q of a key", f)
}

// compare reads a form with the standard library alone.
func (k *PrivateKey) compare(f Form, text string) error {
	raw := []byte(text)
	if f == FormPEMBase64 || f == FormPKCS8Line {
		var err error
		if raw, err = base64.StdEncoding.DecodeString(text); err != nil {
			return err
		}
	}
	if f != FormPKCS8Line {
		block, rest := pem.Decode(raw)
		if block == nil || len(bytes.TrimSpace(rest)) > 0 {
			return errors.New("it is not one block of PEM")
		}
		raw = block.Bytes
	}
	var same bool
	switch f {
	case FormPKCS1, FormPEMBase64:
		key, err := x509.ParsePKCS1PrivateKey(raw)
		same = err == nil && key.Equal(k.key)
	case FormPKCS8, FormPKCS8Line:
		key, err := x509.ParsePKCS8PrivateKey(raw)
		private, ok := key.(*rsa.PrivateKey)
		same = err == nil && ok && private.Equal(k.key)
	case FormSPKI:
		key, err := x509.ParsePKIXPublicKey(raw)
		same = err == nil && k.key.PublicKey.Equal(key)
	case FormCertificate:
		c, err := x509.ParseCertificate(raw)
		same = err == nil && k.key.PublicKey.Equal(c.PublicKey)
	}
	if !same {
		return errors.New("it is another key")
	}
	return nil
}
