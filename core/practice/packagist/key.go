package packagist

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// The structures of RFC 5280 section 4.1. They are written out here because
// x509.CreateCertificate no longer signs with SHA-1, which is what Private
// Packagist's certificates carry and what an admin's tools must cope with.
type (
	certificate struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	tBS struct {
		Version    int `asn1:"explicit,tag:0"`
		Serial     *big.Int
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     asn1.RawValue
		Validity   validity
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:3"`
	}
	validity struct{ From, Until time.Time }
)

var (
	sHA1RSA   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	sHA256RSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	basicCA   = asn1.ObjectIdentifier{2, 5, 29, 19}
)

// until is when the certificates expire.
var until = time.Date(2053, time.January, 1, 0, 0, 0, 0, time.UTC)

// newPackagistKey makes the key pair of one integration, and the "Public Key"
// that the form shows: a self-signed X.509 v3 certificate with serial number 0,
// signed with SHA-1 below 2048 bits and with SHA-256 from there on.
func newPackagistKey(bits int, now time.Time) (*rsa.PrivateKey, string, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, "", fmt.Errorf("making an RSA key of %d bits: %w", bits, err)
	}
	der, err := selfSign(key, now)
	if err != nil {
		return nil, "", fmt.Errorf("making the certificate: %w", err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

func selfSign(key *rsa.PrivateKey, now time.Time) ([]byte, error) {
	algorithm, hash := sHA1RSA, crypto.SHA1
	if key.N.BitLen() >= 2048 {
		algorithm, hash = sHA256RSA, crypto.SHA256
	}
	identifier := pkix.AlgorithmIdentifier{Algorithm: algorithm, Parameters: asn1.NullRawValue}
	tbs, err := toBeSigned(&key.PublicKey, identifier, now)
	if err != nil {
		return nil, err
	}
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest(hash, tbs))
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(certificate{
		TBS:       asn1.RawValue{FullBytes: tbs},
		Algorithm: identifier,
		Signature: asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
}

func toBeSigned(key *rsa.PublicKey, algorithm pkix.AlgorithmIdentifier, now time.Time) ([]byte, error) {
	name, err := asn1.Marshal(pkix.Name{
		Organization:       []string{"Packagist Conductors GmbH"},
		OrganizationalUnit: []string{"Practice"},
		CommonName:         "Private Packagist",
	}.ToRDNSequence())
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	authority, err := asn1.Marshal(struct{ CA bool }{true})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(tBS{
		Version:    2, // counted from 0: this is v3
		Serial:     new(big.Int),
		Algorithm:  algorithm,
		Issuer:     asn1.RawValue{FullBytes: name},
		Validity:   validity{From: now.UTC().Truncate(time.Second), Until: until},
		Subject:    asn1.RawValue{FullBytes: name},
		PublicKey:  asn1.RawValue{FullBytes: public},
		Extensions: []pkix.Extension{{Id: basicCA, Value: authority}},
	})
}

func digest(hash crypto.Hash, data []byte) []byte {
	if hash == crypto.SHA1 {
		sum := sha1.Sum(data)
		return sum[:]
	}
	sum := sha256.Sum256(data)
	return sum[:]
}
