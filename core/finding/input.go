package finding

// Answers, flags and commands. AL-INPUT-004 was the one for all that now has names from
// AL-INPUT-031 on; it is not used again.
var (
	// AnswerMissing: an answer that has to be given as a flag, where nobody can be asked.
	AnswerMissing = define1("AL-INPUT-001", "flag")
	// NoSuchChoice: an answer that is none of the choices.
	NoSuchChoice = define2("AL-INPUT-002", "value", "choices")
	// InvalidVersion: text that is not a version.
	InvalidVersion = define1("AL-INPUT-003", "value")
	// UnusualClientID: a warning: not the shape that Client IDs are documented to have.
	UnusualClientID = define1("AL-INPUT-005", "value")
	// UnusualClientSecret: a warning: not the shape that Client secrets are documented to have.
	UnusualClientSecret = define1("AL-INPUT-006", "why")
	// AnswerEmpty: an empty answer where one is needed.
	AnswerEmpty = define1("AL-INPUT-007", "what")
	// ExportFileExists: the file that an export is to be written to exists.
	ExportFileExists = define1("AL-INPUT-055", "path")
	// FileUnwritable: a file cannot be written.
	FileUnwritable = define1("AL-INPUT-056", "path")
	// FileExists: the file that a backup is to be written to exists.
	FileExists = define1("AL-INPUT-031", "path")
	// TypingNeeded: a sign-in ends with a code or an address to type, where nobody can be asked.
	TypingNeeded = define0("AL-INPUT-032")
	// SecretHeldElsewhere: signing in through a link whose secret the application holds.
	SecretHeldElsewhere = define2("AL-INPUT-033", "name", "application")
	// NotJSON: the body for applink api is not JSON.
	NotJSON = define1("AL-INPUT-034", "path")
	// InvalidMethod: text that is not an HTTP method.
	InvalidMethod = define1("AL-INPUT-035", "value")
	// PagesNeedGet: following the pages of what is not read with GET.
	PagesNeedGet = define0("AL-INPUT-036")
	// NotAList: following the pages of an answer that has none.
	NotAList = define0("AL-INPUT-037")
	// NotBelowBaseURL: an address for applink api that is outside of the base URL.
	NotBelowBaseURL = define2("AL-INPUT-038", "value", "base")
	// FileUnreadable: a file that a flag names cannot be read.
	FileUnreadable = define1("AL-INPUT-039", "path")
	// UnknownStep: a flag names a step that the set-up does not have.
	UnknownStep = define2("AL-INPUT-040", "step", "slug")
	// StepNeedsCheck: --say for a step that only a check completes.
	StepNeedsCheck = define1("AL-INPUT-041", "step")
	// NameNotConfirmed: another name was typed than the one to confirm.
	NameNotConfirmed = define3("AL-INPUT-042", "value", "name", "not")
	// InvalidKnob: a setting that a practice server does not have.
	InvalidKnob = define2("AL-INPUT-043", "value", "why")
	// InvalidPracticeEntry: a consumer or client for the practice server in another form than its
	// flag takes.
	InvalidPracticeEntry = define2("AL-INPUT-044", "value", "form")
	// PracticeNotStarted: a practice server does not start.
	PracticeNotStarted = define2("AL-INPUT-045", "address", "why")
	// NotALocalRedirect: a listener for a redirect URL that is not one of this machine.
	NotALocalRedirect = define1("AL-INPUT-046", "value")
	// SecretNotStored: an answer that is only put to Bitbucket, where one is to be stored.
	SecretNotStored = define1("AL-INPUT-047", "application")
	// QuestionNotAsked: an answer to a question that does not arise.
	QuestionNotAsked = define2("AL-INPUT-048", "field", "application")
	// InvalidName: a name of several lines, or one that is too long.
	InvalidName = define2("AL-INPUT-049", "value", "limit")
	// NotAClientID: a key, a URL or a sentence in place of a Client ID.
	NotAClientID = define0("AL-INPUT-050")
	// SecretTooLong: a text that is too long to be a Client secret.
	SecretTooLong = define1("AL-INPUT-051", "limit")
	// SecretUnchanged: a rotation with the Client ID and the secret of the link in use.
	SecretUnchanged = define0("AL-INPUT-052")
	// ProtocolRefused: the rules refuse the protocol for new links.
	ProtocolRefused = define2("AL-INPUT-053", "oauth", "why")
	// ClientCertificateUnusable: a client certificate that cannot be read.
	ClientCertificateUnusable = define1("AL-INPUT-054", "path")
	// ApplicationUnreadable: a file that describes an application is wrong at a line.
	ApplicationUnreadable = define3("AL-INPUT-057", "path", "line", "why")
	// ApplicationUnknown: the application of an integration is described nowhere.
	ApplicationUnknown = define3("AL-INPUT-058", "name", "slug", "application")
	// Internal: an error that is not a finding: a defect of applink.
	Internal = define0("AL-INTERNAL")
)
