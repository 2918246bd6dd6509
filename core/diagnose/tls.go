package diagnose

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"time"

	"applink/core"
)

// tlsSymptoms are failures of the handshake.
var tlsSymptoms = []symptom{
	{notTLS, func(f failure) *core.Finding { return f.finding("AL-TLS-005", "host", f.host()) }},
	{is[x509.HostnameError], func(f failure) *core.Finding {
		return f.finding("AL-TLS-002", "host", f.host(), "names", certificateNames(f.err))
	}},
	{notValidNow, func(f failure) *core.Finding {
		return f.finding("AL-TLS-003", "host", f.host(), "until", decidingDate(f))
	}},
	{notTrusted, func(f failure) *core.Finding {
		return f.finding("AL-TLS-001", "host", f.host(), "issuer", issuer(f.err))
	}},
	{clientRefused, func(f failure) *core.Finding { return f.finding("AL-TLS-007", "host", f.host()) }},
}

func is[E error](f failure) bool {
	var target E
	return errors.As(f.err, &target)
}

func notTLS(f failure) bool {
	return is[tls.RecordHeaderError](f) || errors.Is(f.err, http.ErrSchemeMismatch)
}

func notValidNow(f failure) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(f.err, &invalid) && invalid.Reason == x509.Expired
}

func notTrusted(f failure) bool {
	return is[*tls.CertificateVerificationError](f) || is[x509.UnknownAuthorityError](f) ||
		is[x509.CertificateInvalidError](f) || is[x509.SystemRootsError](f) || is[x509.ConstraintViolationError](f)
}

// clientRefused fits alerts by which a server turns a client's certificate, or
// its absence, down.
func clientRefused(f failure) bool {
	return strings.Contains(f.text, "remote error: tls: ") && f.says("certificate", "access denied", "unknown ca")
}

func certificateNames(err error) string {
	var mismatch x509.HostnameError
	if !errors.As(err, &mismatch) || mismatch.Certificate == nil {
		return ""
	}
	names := append([]string(nil), mismatch.Certificate.DNSNames...)
	for _, ip := range mismatch.Certificate.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		// Such a certificate has the name where it no longer counts.
		names = append(names, mismatch.Certificate.Subject.CommonName)
	}
	return strings.Join(names, ", ")
}

// decidingDate is the end of a certificate, or its beginning where that is to
// come.
func decidingDate(f failure) string {
	var invalid x509.CertificateInvalidError
	if !errors.As(f.err, &invalid) || invalid.Cert == nil {
		return "unknown"
	}
	date := invalid.Cert.NotAfter
	if f.says("is before") {
		date = invalid.Cert.NotBefore
	}
	return date.UTC().Format(time.DateOnly)
}

// issuer names the authority that is missing here: the issuer of the last
// certificate that the server sent.
func issuer(err error) string {
	var failed *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var cert *x509.Certificate
	switch {
	case errors.As(err, &failed) && len(failed.UnverifiedCertificates) > 0:
		cert = failed.UnverifiedCertificates[len(failed.UnverifiedCertificates)-1]
	case errors.As(err, &unknown) && unknown.Cert != nil:
		cert = unknown.Cert
	default:
		return "unknown"
	}
	if cert.Issuer.CommonName != "" {
		return cert.Issuer.CommonName
	}
	return cert.Issuer.String()
}
