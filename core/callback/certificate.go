package callback

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// LocalCertificateLife is how long a [NewLocalCertificate] is valid.
const LocalCertificateLife = 30 * 24 * time.Hour

// NewLocalCertificate makes a certificate for the listener on localhost, and a
// key that is nowhere else. It is a leaf for this one name and signs nothing:
// a browser is to accept it once, never to import it as an authority, which
// with a certificate that can sign would open the browser to its owner.
func NewLocalCertificate(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the local certificate: %w", err)
	}
	// 127 bits, not zero: RFC 5280 section 4.1.2.2 wants a positive number.
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("making the local certificate: %w", err)
	}
	from := now.Add(-time.Hour) // for browsers on a machine whose clock is behind
	template := &x509.Certificate{
		SerialNumber:          serial.Add(serial, big.NewInt(1)),
		Subject:               pkix.Name{CommonName: "localhost", Organization: []string{"applink on this machine"}},
		DNSNames:              []string{"localhost"},
		NotBefore:             from,
		NotAfter:              from.Add(LocalCertificateLife - time.Second), // the end counts
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, // and IsCA false
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making the local certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the local certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
