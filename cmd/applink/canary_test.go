//go:build unix

package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// piece is a secret in one of the forms in which it could leak.
type piece struct{ name, text string }

// pieces are what a private key could be recognised by: its primes and its
// private exponent as bytes, hexadecimal and decimal digits, and the base64 of its
// DER forms, in stretches that a line break of a PEM does not cut.
func pieces(key *rsa.PrivateKey) []piece {
	var all []piece
	for name, n := range map[string][]byte{"d": key.D.Bytes(), "p": key.Primes[0].Bytes(), "q": key.Primes[1].Bytes()} {
		all = append(all, piece{name + " in bytes", string(n[:32])}, piece{name + " in hexadecimal", hex.EncodeToString(n[:16])})
	}
	all = append(all, piece{"p in digits", key.Primes[0].String()[:40]})
	for name, der := range map[string][]byte{"PKCS#8": must(x509.MarshalPKCS8PrivateKey(key)), "PKCS#1": x509.MarshalPKCS1PrivateKey(key)} {
		text := base64.StdEncoding.EncodeToString(der)
		// The first half of PKCS#1 and of PKCS#8 is the public modulus.
		for at := 64 * (len(text) / 64 / 2); at+64 <= len(text); at += 64 {
			all = append(all, piece{fmt.Sprintf("%s line %d", name, at/64), text[at : at+64]})
		}
	}
	return all
}

// absent reports where a secret stands in clear: in the database's files, or in
// something that was printed.
func (m *machine) absent(p piece, printed ...string) {
	m.t.Helper()
	for _, text := range printed {
		if strings.Contains(text, p.text) {
			m.t.Errorf("%s stands in what was printed", p.name)
		}
	}
	filepath.WalkDir(m.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(p.text)) {
			m.t.Errorf("%s stands in %s", p.name, filepath.Base(path))
		}
		return err
	})
}
