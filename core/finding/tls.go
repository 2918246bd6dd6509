package finding

// TLS: certificates and the handshake.
var (
	// UnknownAuthority: the certificate is signed by an authority that this machine does not trust.
	UnknownAuthority = define3("AL-TLS-001", "host", "address", "issuer")
	// HostnameMismatch: the certificate is valid for other names.
	HostnameMismatch = define2("AL-TLS-002", "host", "names")
	// CertificateExpired: the certificate has expired or is not valid yet.
	CertificateExpired = define2("AL-TLS-003", "host", "until")
	// CertificateExpiresSoon: a warning: the certificate is about to expire.
	CertificateExpiresSoon = define2("AL-TLS-004", "host", "days")
	// NotTLS: https was spoken to a port of plain http; plain is the base URL over that.
	NotTLS = define3("AL-TLS-005", "host", "address", "plain")
	// AuthoritiesUnreadable: the file of --ca-file cannot be read or holds no certificate.
	AuthoritiesUnreadable = define1("AL-TLS-006", "path")
	// ClientCertificateRequired: the server asks for a client certificate or refused the one it got.
	ClientCertificateRequired = define2("AL-TLS-007", "host", "address")
	// CertificateWeak: a certificate of the chain has a signature or key that is no longer trusted.
	CertificateWeak = define3("AL-TLS-008", "host", "address", "what")
	// CertificateNotForServers: the extended key usage excludes server authentication.
	CertificateNotForServers = define2("AL-TLS-009", "host", "address")
	// SignerNotAuthority: the issuer is not an authority, or the chain is longer than it allows.
	SignerNotAuthority = define2("AL-TLS-010", "host", "authority")
	// NameConstraintViolated: the authority is constrained to other names.
	NameConstraintViolated = define2("AL-TLS-011", "host", "issuer")
	// CertificateMalformed: a certificate that does not keep to the standard.
	CertificateMalformed = define3("AL-TLS-012", "host", "address", "why")
	// HandshakeFailed: client and server agree on no version or cipher.
	HandshakeFailed = define3("AL-TLS-013", "host", "address", "why")
	// CommonNameOnly: the certificate has its name only as Common Name.
	CommonNameOnly = define2("AL-TLS-014", "host", "names")
	// AuthorityExpired: a certificate above the server's has expired or is not valid yet.
	AuthorityExpired = define3("AL-TLS-015", "host", "authority", "until")
)
