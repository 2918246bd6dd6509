package finding

// The database, the key that seals its secrets, and the names in it.
var (
	// KeySourceUnavailable: the source of the sealing key does not answer.
	KeySourceUnavailable = define1("AL-STORE-001", "source")
	// ReadableByOthers: a warning: file modes let others read.
	ReadableByOthers = define2("AL-STORE-002", "path", "mode")
	// DatabaseNewer: a newer applink wrote the database.
	DatabaseNewer = define1("AL-STORE-003", "path")
	// DatabaseDamaged: SQLite cannot read the file.
	DatabaseDamaged = define1("AL-STORE-004", "path")
	// NameTaken: an integration has this name or slug.
	NameTaken = define1("AL-STORE-005", "name")
	// NoSuchIntegration: no integration has this name, slug or id.
	NoSuchIntegration = define1("AL-STORE-006", "name")
	// DatabaseBusy: another process holds the lock too long.
	DatabaseBusy = define1("AL-STORE-007", "path")
	// WrongSealingKey: the sealing key is not the one that sealed.
	WrongSealingKey = define1("AL-STORE-008", "source")
	// NameWithoutLetters: a name from which no slug can be made.
	NameWithoutLetters = define1("AL-STORE-009", "name")
	// NoKeptTokens: applink is to act for a user, and holds no tokens.
	NoKeptTokens = define1("AL-STORE-010", "name")
	// DatabaseUnusable: the system refuses to open or write the file.
	DatabaseUnusable = define1("AL-STORE-011", "path")
	// ForeignDatabase: the file is another program's database.
	ForeignDatabase = define1("AL-STORE-012", "path")
	// NoDatabase: there is no file, and none is to be made.
	NoDatabase = define1("AL-STORE-013", "path")
	// DatabaseEmpty: the file is smaller than any database.
	DatabaseEmpty = define2("AL-STORE-014", "path", "size")
	// OrphanedLog: a write-ahead log without its database.
	OrphanedLog = define2("AL-STORE-015", "path", "log")
	// NothingToCheck: check --all with no integration stored.
	NothingToCheck = define0("AL-STORE-016")
	// NoBearerToken: an access token is asked for where the link is OAuth 1.
	NoBearerToken = define2("AL-STORE-017", "name", "slug")
	// SealingKeyFileUnusable: the file of the sealing key cannot be read.
	SealingKeyFileUnusable = define1("AL-STORE-018", "path")
	// AuthoritiesHoldPrivateKey: the file of authorities holds a private key; nothing of it is
	// stored.
	AuthoritiesHoldPrivateKey = define1("AL-STORE-019", "path")
	// NoAuthorityCertificate: the file of authorities holds only certificates of servers.
	NoAuthorityCertificate = define2("AL-STORE-020", "path", "subject")
	// RecordDamaged: what is stored of an integration cannot be trusted.
	RecordDamaged = define2("AL-STORE-021", "name", "slug")
	// DatabasePartlyDamaged: a part of the database cannot be read.
	DatabasePartlyDamaged = define3("AL-STORE-022", "path", "whole", "damaged")
	// DatabaseOpenElsewhere: restore, while another applink has the database open.
	DatabaseOpenElsewhere = define1("AL-STORE-023", "path")
	// BackupIsDatabase: restore of a database from itself.
	BackupIsDatabase = define1("AL-STORE-024", "path")
	// RefreshesInterrupted: a warning: refreshes of kept tokens were broken off.
	RefreshesInterrupted = define1("AL-STORE-025", "names")
	// SealingKeyNotAsked: a warning: doctor was not given the sealing key.
	SealingKeyNotAsked = define1("AL-STORE-026", "source")
	// SecretDamaged: a secret does not open, though the sealing key is right.
	SecretDamaged = define2("AL-STORE-027", "name", "slug")
)
