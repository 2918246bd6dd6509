package finding

// Answers, flags and commands.
var (
	// AnswerMissing: an answer that has to be given as a flag, where nobody can be asked.
	AnswerMissing = define1("AL-INPUT-001", "flag")
	// NoSuchChoice: an answer that is none of the choices.
	NoSuchChoice = define2("AL-INPUT-002", "value", "choices")
	// InvalidVersion: text that is not a version.
	InvalidVersion = define1("AL-INPUT-003", "value")
	// NotUsableHere: a value that does not fit; why tells the reason.
	NotUsableHere = define2("AL-INPUT-004", "value", "why")
	// UnusualClientID: a warning: not the shape that Client IDs are documented to have.
	UnusualClientID = define1("AL-INPUT-005", "value")
	// UnusualClientSecret: a warning: not the shape that Client secrets are documented to have.
	UnusualClientSecret = define1("AL-INPUT-006", "why")
	// AnswerEmpty: an empty answer where one is needed.
	AnswerEmpty = define1("AL-INPUT-007", "what")
	// Internal: an error that is not a finding: a defect of applink.
	Internal = define0("AL-INTERNAL")
)
