package finding

// Migration, rotation, going back, retiring.
var (
	// NothingToMigrate: there is no OAuth 1 link to migrate.
	NothingToMigrate = define2("AL-MOVE-001", "name", "why")
	// RollbackInApplication: going back is decided in the application.
	RollbackInApplication = define2("AL-MOVE-002", "vendor", "name")
	// NoOldLink: there is no superseded link, or another move left it.
	NoOldLink = define2("AL-MOVE-003", "name", "why")
	// OldLinkStillAccepted: Bitbucket still takes the superseded link.
	OldLinkStillAccepted = define2("AL-MOVE-004", "name", "key")
	// NothingToRotate: there is no active link whose key or secret could be changed.
	NothingToRotate = define2("AL-MOVE-005", "name", "why")
	// NoIntegrationToMigrate: no integration is on OAuth 1.
	NoIntegrationToMigrate = define0("AL-MOVE-006")
	// AnswerInUse: an answer that would delete what the active link works with.
	AnswerInUse = define3("AL-MOVE-007", "name", "slug", "what")
	// OldLinkStillNeeded: retiring before the new link is proved.
	OldLinkStillNeeded = define2("AL-MOVE-008", "name", "why")
	// OldLinkUnverifiable: whether the superseded link is gone cannot be told.
	OldLinkUnverifiable = define2("AL-MOVE-009", "name", "why")
	// NoMoveInProgress: there is no move to abandon.
	NoMoveInProgress = define1("AL-MOVE-010", "name")
	// OtherMoveInProgress: another move has to end first.
	OtherMoveInProgress = define4("AL-MOVE-011", "name", "slug", "move", "why")
	// ChangeUnconfirmed: a change of what the active link rests on has to be confirmed.
	ChangeUnconfirmed = define6("AL-MOVE-012", "name", "slug", "field", "old", "new", "lost")
	// ServerUnverified: the server was not proved to be Bitbucket since its address changed.
	ServerUnverified = define3("AL-MOVE-013", "name", "slug", "base")
	// SwitchUnconfirmed: the switch to another link has to be confirmed.
	SwitchUnconfirmed = define4("AL-MOVE-014", "name", "slug", "oauth", "why")
	// KeyBeingReplaced: the key of the active link is being rotated.
	KeyBeingReplaced = define2("AL-MOVE-015", "name", "slug")
	// TokensEndWithSwitch: a warning: kept tokens end when another link takes over.
	TokensEndWithSwitch = define2("AL-MOVE-016", "name", "slug")
	// ClientIDShared: a warning: another integration has the same Client ID.
	ClientIDShared = define3("AL-MOVE-017", "name", "other", "key")
)
