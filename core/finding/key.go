package finding

// Keys, certificates, passphrases and the files that hold them.
var (
	// KeyDamaged: a block that is cut or does not decode.
	KeyDamaged = define1("AL-KEY-001", "missing")
	// KeyIsEC: an elliptic curve key.
	KeyIsEC = define0("AL-KEY-002", "application")
	// KeyFromSSH: a warning: an SSH public key was converted.
	KeyFromSSH = define0("AL-KEY-003", "application")
	// KeyIsPrivate: a private key where the public half is asked for; it is not stored.
	KeyIsPrivate = define0("AL-KEY-004", "application")
	// KeyFromPKCS1: a warning: a PKCS#1 public key was converted.
	KeyFromPKCS1 = define0("AL-KEY-005")
	// NotAKey: text without a key.
	NotAKey = define0("AL-KEY-006")
	// KeyWeak: a warning: fewer than 2048 bits.
	KeyWeak = define1("AL-KEY-007", "bits")
	// CertificateSHA1: a warning: the certificate is signed with SHA-1.
	CertificateSHA1 = define0("AL-KEY-008")
	// KeyCertificateExpired: a warning: the certificate has expired or is not valid yet.
	KeyCertificateExpired = define1("AL-KEY-009", "until")
	// KeyEncrypted: an encrypted private key, and no passphrase.
	KeyEncrypted = define0("AL-KEY-010")
	// SeveralKeys: more than one key in one answer.
	SeveralKeys = define1("AL-KEY-011", "names")
	// KeyTypeUnsupported: a key that is neither RSA nor EC.
	KeyTypeUnsupported = define1("AL-KEY-012", "type", "application")
	// TextBeforeCertificate: a warning: Bitbucket may refuse what stands before the certificate.
	TextBeforeCertificate = define0("AL-KEY-013")
	// WrongPassphrase: the passphrase does not open the private key.
	WrongPassphrase = define0("AL-KEY-014")
	// NotAPrivateKey: another text where a private key is asked for.
	NotAPrivateKey = define0("AL-KEY-015")
	// KeyFileUnreadable: a file with an answer cannot be read.
	KeyFileUnreadable = define1("AL-KEY-016", "path")
	// KeyFormatUnsupported: a format that has to be converted first, with the command that does it.
	KeyFormatUnsupported = define2("AL-KEY-017", "what", "command", "application")
	// KeyConverted: a warning: the key was read from another form.
	KeyConverted = define1("AL-KEY-018", "form")
	// InputCleaned: a warning: an answer was read without what stood around it.
	InputCleaned = define2("AL-KEY-019", "what", "left")
	// MaskedValue: dots or stars that stand for a hidden value.
	MaskedValue = define1("AL-KEY-020", "what")
	// FileEmpty: a file with an answer that holds only blanks.
	FileEmpty = define1("AL-KEY-021", "path")
	// TextBehindKey: a warning: what follows the key is left out.
	TextBehindKey = define1("AL-KEY-030", "text")
	// SecretElsewhere: export of credentials whose secret half the application holds.
	SecretElsewhere = define2("AL-KEY-031", "name", "application")
	// NothingToExport: export of a link that has no key or secret here yet.
	NothingToExport = define2("AL-KEY-032", "name", "slug")
	// KeyTooShort: fewer bits than a signature needs.
	KeyTooShort = define2("AL-KEY-022", "bits", "least", "application")
)
