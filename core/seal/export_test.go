package seal

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func export(t *testing.T, k *PrivateKey, f Form) string {
	t.Helper()
	text, err := k.Export(f, "Build farm", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text.Reveal()
}

// Every form holds the key, as this package reads it from a paste.
func TestExportIsReadAgain(t *testing.T) {
	k := testKey()
	public, err := ParsePublicKey(export(t, k, FormSPKI))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Forms() {
		text := export(t, k, f)
		if oneLine := !strings.Contains(text, "\n"); oneLine != (f == FormPKCS8Line || f == FormPEMBase64) {
			t.Errorf("%s has the lines\n%s", f, text)
		}
		if f.Public() {
			if got, err := ParsePublicKey(text); err != nil || got.Fingerprint != public.Fingerprint {
				t.Errorf("%s: %v, %v", f, got, err)
			}
			continue
		}
		got, err := ParsePrivateKey(NewText(text))
		if err != nil || !got.key.Equal(k.key) {
			t.Errorf("%s: %v", f, err)
		}
	}
	if _, err := k.Export("pkcs7", "", time.Now()); err == nil {
		t.Error("an unknown form was written")
	}
	if err := k.compare(FormPKCS8, export(t, otherKey(), FormPKCS8)); err == nil {
		t.Error("another key passes as the same")
	}
}

// Every form is read by implementations that applink has no part in.
func TestExportsAreReadByOthers(t *testing.T) {
	k, dir := testKey(), t.TempDir()
	path := map[Form]string{}
	for _, f := range Forms() {
		path[f] = filepath.Join(dir, string(f))
		if err := os.WriteFile(path[f], []byte(export(t, k, f)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	spki, err := k.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	der := strings.NewReplacer("-----BEGIN PUBLIC KEY-----", "", "-----END PUBLIC KEY-----", "", "\n", "").Replace(spki)
	if _, err := base64.StdEncoding.DecodeString(der); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		run  []string
	}{
		{"pkcs1 by openssl", []string{"openssl", "rsa", "-traditional", "-in", path[FormPKCS1], "-pubout"}},
		{"pkcs8 by openssl", []string{"openssl", "pkey", "-in", path[FormPKCS8], "-pubout"}},
		{"pkcs8-line by openssl", []string{"sh", "-c", "base64 -d " + path[FormPKCS8Line] + " | openssl pkey -inform DER -pubout"}},
		{"pem-base64 by openssl", []string{"sh", "-c", "base64 -d " + path[FormPEMBase64] + " | openssl rsa -pubout"}},
		{"spki by openssl", []string{"openssl", "pkey", "-pubin", "-in", path[FormSPKI], "-pubout"}},
		{"certificate by openssl", []string{"openssl", "x509", "-in", path[FormCertificate], "-noout", "-pubkey"}},
		{"pkcs1 by Python", python("load_pem_private_key(open(f,'rb').read(), None).public_key()", path[FormPKCS1])},
		{"pkcs8 by Python", python("load_pem_private_key(open(f,'rb').read(), None).public_key()", path[FormPKCS8])},
		{"pkcs8-line by Python", python("load_der_private_key(base64.b64decode(open(f).read()), None).public_key()", path[FormPKCS8Line])},
		{"pkcs1 by Node", node(path[FormPKCS1])},
		{"pkcs8 by Node", node(path[FormPKCS8])},
		{"pkcs8-line by Java", []string{"java", "testdata/ReadKey.java", path[FormPKCS8Line]}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exec.LookPath(tt.run[0]); err != nil {
				if os.Getenv("APPLINK_E2E") != "" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			out, err := exec.Command(tt.run[0], tt.run[1:]...).Output()
			if err != nil {
				if exit, ok := err.(*exec.ExitError); ok && os.Getenv("APPLINK_E2E") == "" && strings.Contains(string(exit.Stderr), "No module named") {
					t.Skip("python3-cryptography is missing")
				}
				t.Fatal(err)
			}
			got := strings.NewReplacer("-----BEGIN PUBLIC KEY-----", "", "-----END PUBLIC KEY-----", "", "\n", "").Replace(string(out))
			if got != der {
				t.Errorf("it read another key:\n%s", out)
			}
		})
	}
}

// python prints the public half of what an expression reads from the file f.
func python(read, file string) []string {
	return []string{"/usr/bin/python3", "-c", `import base64,sys
from cryptography.hazmat.primitives.serialization import *
f=sys.argv[1]
print(` + read + `.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())`, file}
}

func node(file string) []string {
	return []string{"node", "-e", `const c=require("crypto"),fs=require("fs")
console.log(c.createPublicKey(c.createPrivateKey(fs.readFileSync(process.argv[1]))).export({type:"spki",format:"pem"}))`, file}
}
