package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

const certificateLife = 30 * 24 * time.Hour

// Certificate is what a practice server shows over https: made on the spot, for
// this machine, no authority. Clients trust it by its PEM.
type Certificate struct{ pem []byte }

// newCertificate makes a certificate with its key. Its dates are of the real
// clock, by which clients judge them.
func newCertificate() (Certificate, *tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, nil, fmt.Errorf("making a certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return Certificate{}, nil, fmt.Errorf("making a certificate: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "applink practice server"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return Certificate{}, nil, fmt.Errorf("making a certificate: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return Certificate{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, config, nil
}

// CertPEM is the certificate of a server over https, to be trusted by clients
// as if it were an authority; nil over http.
func (c Certificate) CertPEM() []byte { return c.pem }

// CertPool holds the certificate alone; nil, the system's, over http.
func (c Certificate) CertPool() *x509.CertPool {
	if c.pem == nil {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.pem)
	return pool
}
