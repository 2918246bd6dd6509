package seal

import (
	"testing"

	"applink/core/finding"
)

func TestDecryptPrivateKey(t *testing.T) {
	plain, err := testKey().PEM()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"encrypted-pkcs1.pem", "encrypted-pkcs8.pem", "encrypted-3des.pem", "encrypted-sha512.pem"} {
		t.Run(file, func(t *testing.T) {
			text := fixture(t, file)
			key, err := DecryptPrivateKey(NewText(text), NewText("x"))
			if err != nil || key.RSA().N.BitLen() < 1024 || key.RSA().Validate() != nil {
				t.Fatalf("got %v, %v", key, err)
			}
			_, err = DecryptPrivateKey(NewText(text), Text{})
			wantCode(t, err, finding.KeyEncrypted.Code())
			for _, passphrase := range []string{"y", "xx"} {
				_, err := DecryptPrivateKey(NewText(text), NewText(passphrase))
				wantCode(t, err, finding.WrongPassphrase.Code())
			}
			for _, passphrase := range []string{"", "x"} { // what is cut is not worth a passphrase
				_, err = DecryptPrivateKey(NewText(text[:300]), NewText(passphrase))
				wantCode(t, err, finding.KeyDamaged.Code())
			}
		})
	}
	if key, err := DecryptPrivateKey(plain, Text{}); err != nil || !key.RSA().Equal(testKey().RSA()) {
		t.Errorf("a key that is not encrypted: %v, %v", key, err)
	}
	_, err = DecryptPrivateKey(NewText("words"), NewText("x"))
	wantCode(t, err, finding.NotAKey.Code())
}

// Whatever a file holds, there is a key or a finding.
func FuzzDecryptPrivateKey(f *testing.F) {
	for _, file := range []string{"encrypted-pkcs1.pem", "encrypted-pkcs8.pem"} {
		f.Add(fixture(f, file))
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := DecryptPrivateKey(NewText(text), NewText("y"))
		if (key == nil) == (err == nil) {
			t.Errorf("key %v, error %v", key, err)
		}
	})
}
