// Package guide turns the words under assets into pages: what to do in a step
// of the set-up, what went wrong and how to mend it, which applications there
// are. It knows no terminal: a page is a list of blocks, numbered values and a
// drawing, which every face of applink shows in its own way.
//
// One step has one or more files, guide/<step>.md and guide/<step>.<variant>.md.
// A file starts with a front matter in TOML between two +++ lines, which says
// for which versions of Bitbucket, which protocol and which applications the
// page holds, and goes on in Markdown. [Find] picks the page that fits a
// [Query].
//
// Titles, URLs, questions, names of drawings and bodies are text/templates with these functions:
//
//	{{v "client-id"}}              the value, or its name in parentheses when it is not known yet
//	{{if has "callback"}}          is the value known
//	{{if is "part" "scheme"}}      is the value equal to this text
//	{{if below "8.0"}}             is Bitbucket known to be older; false when the version is unknown
//
// Values never pass through the Markdown parser: the template leaves a place,
// and the value is put there after parsing. A name such as "a_b_c" or a key
// therefore arrives as it is.
package guide
