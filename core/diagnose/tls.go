package diagnose

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// tlsSymptoms are failures of the handshake. Where Go has no error type for a
// cause, or hides it inside another one, the text tells it.
var tlsSymptoms = []symptom{
	{notTLS, func(f failure) *core.Finding {
		return finding.NotTLS.With(f.host(), f.address(), f.plain())
	}},
	{onlyCommonName, func(f failure) *core.Finding {
		return finding.CommonNameOnly.With(f.host(), certificateNames(f.err))
	}},
	{is[x509.HostnameError], func(f failure) *core.Finding {
		return finding.HostnameMismatch.With(f.host(), certificateNames(f.err))
	}},
	{authorityNotValidNow, func(f failure) *core.Finding {
		return finding.AuthorityExpired.With(f.host(), f.authority(), decidingDate(f))
	}},
	{notValidNow, func(f failure) *core.Finding {
		return finding.CertificateExpired.With(f.host(), decidingDate(f))
	}},
	{tooWeak, func(f failure) *core.Finding {
		return finding.CertificateWeak.With(f.host(), f.address(), weakness(f))
	}},
	{notForServers, func(f failure) *core.Finding {
		return finding.CertificateNotForServers.With(f.host(), f.address())
	}},
	{noAuthority, func(f failure) *core.Finding {
		return finding.SignerNotAuthority.With(f.host(), f.authority())
	}},
	{notAllowed, func(f failure) *core.Finding {
		return finding.NameConstraintViolated.With(f.host(), issuer(f.err))
	}},
	{malformed, func(f failure) *core.Finding {
		return finding.CertificateMalformed.With(f.host(), f.address(), cause(f))
	}},
	{notTrusted, func(f failure) *core.Finding {
		return finding.UnknownAuthority.With(f.host(), f.address(), issuer(f.err))
	}},
	{clientRefused, func(f failure) *core.Finding {
		return finding.ClientCertificateRequired.With(f.host(), f.address())
	}},
	{noAgreement, func(f failure) *core.Finding {
		return finding.HandshakeFailed.With(f.host(), f.address(), cause(f))
	}},
}

func is[E error](f failure) bool {
	var target E
	return errors.As(f.err, &target)
}

func notTLS(f failure) bool {
	return is[tls.RecordHeaderError](f) || errors.Is(f.err, http.ErrSchemeMismatch)
}

// onlyCommonName fits a certificate with the name where it no longer counts.
func onlyCommonName(f failure) bool {
	return is[x509.HostnameError](f) && f.says("legacy common name")
}

// invalidFor reports whether f is an x509.CertificateInvalidError with one of the reasons.
func invalidFor(f failure, reasons ...x509.InvalidReason) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(f.err, &invalid) && slices.Contains(reasons, invalid.Reason)
}

// candidate fits what an error of an unknown authority says about the one that
// was tried, and refused.
var candidate = core.Pattern(`(?s)while trying to verify candidate authority certificate "(.*)"`)

func (f failure) authority() string {
	var invalid x509.CertificateInvalidError
	if m := candidate().FindStringSubmatch(f.err.Error()); m != nil && m[1] != "" {
		return m[1]
	}
	if errors.As(f.err, &invalid) && invalid.Cert != nil {
		return name(invalid.Cert.Subject)
	}
	return issuer(f.err)
}

func authorityNotValidNow(f failure) bool {
	return is[x509.UnknownAuthorityError](f) && f.says("has expired or is not yet valid") ||
		notValidNow(f) && isAuthority(f)
}

// isAuthority reports whether the certificate that an error speaks of is not the
// server's own.
func isAuthority(f failure) bool {
	var failed *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	return errors.As(f.err, &failed) && errors.As(f.err, &invalid) && invalid.Cert != nil &&
		len(failed.UnverifiedCertificates) > 0 && !invalid.Cert.Equal(failed.UnverifiedCertificates[0])
}

func notValidNow(f failure) bool { return invalidFor(f, x509.Expired) }

func tooWeak(f failure) bool {
	return is[x509.InsecureAlgorithmError](f) || f.says("insecure algorithm", "keys are insecure", "broken signature algorithm", "key too small")
}

var (
	weakAlgorithm = core.Pattern(`insecure algorithm ([A-Za-z0-9-]+)`)
	weakKey       = core.Pattern(`(\d+)-bit keys are insecure`)
)

// weakness names what is too weak.
func weakness(f failure) string {
	if m := weakAlgorithm().FindStringSubmatch(f.err.Error()); m != nil {
		return "a signature of the kind " + m[1]
	}
	if m := weakKey().FindStringSubmatch(f.err.Error()); m != nil {
		return "an RSA key of " + m[1] + " bits"
	}
	return "a signature or key of a kind that is no longer accepted"
}

func notForServers(f failure) bool {
	return invalidFor(f, x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage)
}

// noAuthority fits a certificate that signed another without the right to.
func noAuthority(f failure) bool {
	return invalidFor(f, x509.NotAuthorizedToSign, x509.TooManyIntermediates) ||
		f.says("parent certificate cannot sign this kind of certificate", "not authorized to sign other certificates")
}

func notAllowed(f failure) bool {
	return is[x509.ConstraintViolationError](f) ||
		invalidFor(f, x509.CANotAuthorizedForThisName, x509.TooManyConstraints, x509.UnconstrainedName) ||
		f.says("is not permitted by any constraint", "is excluded by constraint", "not authorized to sign for this name")
}

// malformed fits certificates that cannot be read by the rules of today.
func malformed(f failure) bool {
	return is[x509.UnhandledCriticalExtension](f) ||
		f.says("failed to parse certificate", "rsa key larger than", "unsupported type of public key", "not standards compliant", "unsupported elliptic curve")
}

// noAgreement fits handshakes that end because neither side accepts the other's
// versions, ciphers or signatures, and alerts that give no reason.
func noAgreement(f failure) bool {
	return f.says("remote error: tls: ", "tls: server selected unsupported", "tls: server chose an unconfigured", "tls: no supported versions",
		"tls: no cipher suite", "tls: peer doesn't support any", "tls: server's certificate contains an unsupported", "tls: handshake failure",
		"tls: unsupported certificate curve", "tls: invalid signature by the server certificate", "tls: server did not select")
}

// cause is the last part of an error's text, which tells the reason.
func cause(f failure) string {
	text := f.err.Error()
	for _, before := range []string{"remote error: tls: ", "x509: ", "tls: "} {
		if i := strings.LastIndex(text, before); i >= 0 {
			return clip(text[i+len(before):])
		}
	}
	return clip(text)
}

func notTrusted(f failure) bool {
	return is[*tls.CertificateVerificationError](f) || is[x509.UnknownAuthorityError](f) ||
		is[x509.CertificateInvalidError](f) || is[x509.SystemRootsError](f) || is[x509.ConstraintViolationError](f)
}

// clientRefused fits alerts by which a server turns a client's certificate, or
// its absence, down, and any alert after it asked for one.
func clientRefused(f failure) bool {
	return f.says("remote error: tls: ") && f.says("certificate", "access denied", "unknown ca")
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
		if m := dateInText().FindStringSubmatch(f.err.Error()); m != nil {
			return m[1]
		}
		return "unknown"
	}
	date := invalid.Cert.NotAfter
	if f.says("is before") {
		date = invalid.Cert.NotBefore
	}
	return date.UTC().Format(time.DateOnly)
}

var dateInText = core.Pattern(`current time \S+ is (?:before|after) (\d{4}-\d\d-\d\d)`)

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
	return name(cert.Issuer)
}

func name(n pkix.Name) string {
	if n.CommonName != "" {
		return n.CommonName
	}
	return n.String()
}
