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
//	application = ["own"]        the application is one of these, or none is chosen yet
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
//	{{if below "8.0"}}             is Bitbucket known to be older; false when the version is unknown
//
// Values never pass through the Markdown parser: the template leaves a place,
// and the value is put there after parsing. A name such as "a_b_c" or a key
// therefore arrives as it is.
package guide
