package finding

// What answers instead of a supported Bitbucket.
var (
	// IsJira: Jira answers.
	IsJira = define2("AL-PRODUCT-001", "url", "product")
	// IsConfluence: Confluence answers.
	IsConfluence = define2("AL-PRODUCT-002", "url", "product")
	// NotBitbucket: another product answers.
	NotBitbucket = define2("AL-PRODUCT-003", "url", "product")
	// VersionUnreadable: the server tells no version, or one that is not a version.
	VersionUnreadable = define1("AL-PRODUCT-004", "version")
	// SupportEnded: a warning: the support of this version has ended.
	SupportEnded = define3("AL-PRODUCT-005", "version", "until", "source")
	// SupportEnding: a warning: the support of this version ends soon.
	SupportEnding = define3("AL-PRODUCT-006", "version", "until", "source")
	// EndOfLifeAnnounced: a warning: Atlassian has announced the end of Data Center.
	EndOfLifeAnnounced = define2("AL-PRODUCT-007", "expansion", "readonly")
)
