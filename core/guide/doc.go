// Package guide turns the words under assets into pages: what to do in a step
// of the set-up, what went wrong and how to mend it, which applications there
// are. It knows no terminal: a page is a list of blocks, numbered values and a
// drawing, which every face of applink shows in its own way.
//
// # How a page is chosen
//
// A step has one or more files, guide/<step>.md and guide/<step>.<variant>.md; the
// variant in the name only orders them. A file starts with a front matter in TOML
// between two +++ lines and goes on in Markdown. [Find] narrows the files of the step
// down to one page, row by row; what the front matter leaves out excludes nothing:
//
//	front matter                 the file stays if
//	oauth = "2"                  the protocol is 2, or not chosen yet
//	holder = "here"              the application's secret is held here, or none is chosen yet
//	application = ["own"]        the application is one of these, or none is chosen yet; once one is
//	                             chosen, such files displace those for any application
//	refused = true               the query has the value "refusal"; such files displace all others
//	adopted = true               the query has the value "adopted"; such files displace all but refused ones
//	versions = ">=7.20 <10.1"    Bitbucket's version lies in the range, or is unknown; of several
//	                             the one with the newest range, and where none fits the oldest
//
// [Query.Look] moves on from there through the files of other versions. Without a file
// the step does not apply: [ErrNoPage]. The first file of a step names it in the step
// bar, whichever page is chosen.
//
// # What else the front matter may hold
//
//	title          heading of the page
//	short          word for the step bar, read from the first file of the step
//	open, open-in  page to open in the browser, and whose page it is
//	values         names of the values to copy, in order; see labels in value.go
//	[label]        what to call a value on this page, by its name
//	mock           names of drawings under assets/mock, separated by spaces; see [Mock]
//	enter          what confirming the page says: "the link is listed in Bitbucket"
//	source         where the instruction is documented
//	asking         words while the check of the step runs
//	proved, weak   words when it passed, and when it passed but leaves something open
//	[ask.FIELD]    title, label (in a form with others), help, example and placeholder of a
//	               question, settled (what is told where its default was taken), and
//	               [ask.FIELD.options.VALUE] label and note of a choice
//
// Any other key is an error.
//
// # Templates
//
// Titles, URLs, questions, names of drawings and bodies are text/templates with these functions:
//
//	{{v "client-id"}}              the value, or its name in parentheses when it is not known yet
//	{{if has "callback"}}          is the value known
//	{{if is "part" "scheme"}}      is the value equal to this text
//	{{label "move"}}               the words for the name that the value "move" holds
//	{{text "deliver"}}             a text of the application: form, deliver or finish
//	{{copy}}                       the names of the values that the application wants to copy, for values
//	{{if below "8.0"}}             is Bitbucket known to be older; false when the version is unknown
//
// Values never pass through the Markdown parser: the template leaves a place,
// and the value is put there after parsing. A name such as "a_b_c" or a key
// therefore arrives as it is.
//
// # Applications
//
// An application is a file in TOML, application/<id>.toml; a folder of the user's holds
// more of them. An unknown key is an error. In its URLs {app} stands for the application's
// URL, {base} for Bitbucket's and {slug} for the short name of the integration.
//
//	name, default-name   the application, and the name that is proposed for an integration; needed
//	holder               "here": applink holds the secret half and hands it out; "application": the
//	                     application makes its key pair itself, and shows the public half; needed
//	order, group, about  place in the list, the heading there, and a line of up to 36 characters
//	mention              what to call it inside a sentence, where the name does not fit
//	vendor               whose rules and forms these are; the name where it is left out
//	link-name            name of the link in Bitbucket; the integration's where it is left out
//	url                  its address, where it is the same for everybody
//	purpose              "sign-in" or "sync" where it is for one; asked where it is left out
//	login-link           "paste": it hands one out; "own": one of the admin's choosing; else none
//	[oauth1], [oauth2]   what it wants of a link over that protocol, at least one of them; over a
//	                     protocol that is left out it is not offered
//	[[rules]]            oauth, verdict (recommended, possible, discouraged, refused), reason and
//	                     source, and from, below (versions of Bitbucket) and purpose
//
// The keys of [oauth1]:
//
//	link-url             Application URL of the link, where it is not the application's
//	outgoing             fields of "Link applications" that must not stay empty: service-provider-name,
//	                     consumer-key, shared-secret, request-token-url, access-token-url, authorize-url
//	incoming-link        "Create incoming link" is ticked there
//	consumer-callback    Consumer Callback URL; left out, it stays empty
//	two-legged, impersonation, execute-as   further boxes and the account of the Incoming Authentication
//
// Those of [oauth2]:
//
//	callback             expected Redirect URL; left out, it is asked
//	permissions          boxes to tick, by purpose: { sync = ["Repositories: Read"] }
//
// And those of both:
//
//	open                 what the application's documentation leaves open and the admin is asked:
//	                     consumer-callback; callback, permissions
//	unsure               a sentence about that, beside the question
//	export               the kind of "applink export" that it takes
//	snippet              its configuration, for the kind snippet, see [core.SnippetPlaces]
//	form, deliver, finish   Markdown, see Templates: what to do in the application at first, where its
//	                     credentials go (which puts the steps deliver and finish on the way), and what
//	                     makes it use them
//	copy                 values to copy on those pages: "base-url", "base-url-root", "hostname", …
//	sign-in              URL at which a user signs in
//	trouble              up to four causes of a sign-in through it that fails, a line each
//	source, true-for     who says all that, and of which version or date it is true
package guide
