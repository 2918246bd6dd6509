// Package finding is the catalogue of what applink finds: one value for each kind
// of finding, with its code and the names of its particulars. Each kind has a page
// in assets/problem/CODE.md, which says in the user's words what happened, why, and
// what to do.
//
//	return finding.NoSuchIntegration.With(name)
//	return finding.DatabaseUnusable.With(path).Because(err.Error())
//	if errors.Is(err, finding.DatabaseBusy) { … }
//
// With takes the particulars in the order in which the kind is defined, so that the
// compiler counts them. One that is not known is "". Particulars are never secrets;
// they and the cause of Because are made safe to print where they are set, whoever
// sent them.
//
// Codes are documented and never change their meaning. No other package writes one.
package finding

import (
	"fmt"
	"slices"

	"applink/core"
)

// Kind is what one kind of finding has in common. It is an error so that errors.Is
// can be asked for it; it is never returned as one.
type Kind struct {
	code   core.Code
	params []string
}

// Code returns the stable name.
func (k *Kind) Code() core.Code { return k.code }

// Params returns the names of the particulars that a finding of this kind can have:
// those of With first, then those that are added where somebody else knows them.
func (k *Kind) Params() []string { return k.params }

// String returns the code.
func (k *Kind) String() string { return string(k.code) }

func (k *Kind) Error() string { return string(k.code) }

func (k *Kind) with(values ...string) *core.Finding {
	params := make(map[string]string, len(values))
	for i, value := range values {
		if value != "" {
			params[k.params[i]] = value
		}
	}
	return core.NewFinding(k.code, params)
}

// Kind0 to Kind6 are kinds by the number of particulars that With takes.
type (
	Kind0 struct{ *Kind }
	Kind1 struct{ *Kind }
	Kind2 struct{ *Kind }
	Kind3 struct{ *Kind }
	Kind4 struct{ *Kind }
	Kind5 struct{ *Kind }
	Kind6 struct{ *Kind }
)

// With makes the finding.
func (k Kind0) With() *core.Finding { return k.with() }

// With makes the finding.
func (k Kind1) With(a string) *core.Finding { return k.with(a) }

// With makes the finding.
func (k Kind2) With(a, b string) *core.Finding { return k.with(a, b) }

// With makes the finding.
func (k Kind3) With(a, b, c string) *core.Finding { return k.with(a, b, c) }

// With makes the finding.
func (k Kind4) With(a, b, c, d string) *core.Finding { return k.with(a, b, c, d) }

// With makes the finding.
func (k Kind5) With(a, b, c, d, e string) *core.Finding { return k.with(a, b, c, d, e) }

// With makes the finding.
func (k Kind6) With(a, b, c, d, e, f string) *core.Finding { return k.with(a, b, c, d, e, f) }

func define0(code core.Code, more ...string) Kind0 { return Kind0{define(0, code, more)} }

func define1(code core.Code, params ...string) Kind1 { return Kind1{define(1, code, params)} }

func define2(code core.Code, params ...string) Kind2 { return Kind2{define(2, code, params)} }

func define3(code core.Code, params ...string) Kind3 { return Kind3{define(3, code, params)} }

func define4(code core.Code, params ...string) Kind4 { return Kind4{define(4, code, params)} }

func define5(code core.Code, params ...string) Kind5 { return Kind5{define(5, code, params)} }

func define6(code core.Code, params ...string) Kind6 { return Kind6{define(6, code, params)} }

var all []*Kind

// All returns every kind, in no particular order.
func All() []*Kind { return all }

// IsAny reports whether a finding is of one of the kinds.
func IsAny(f *core.Finding, kinds ...error) bool {
	return slices.ContainsFunc(kinds, func(kind error) bool { return f.Is(kind) })
}

// Unreached reports whether a finding tells that no answer of Bitbucket came, be it good or
// bad. It does not stand once Bitbucket has answered.
func Unreached(f *core.Finding) bool {
	return f != nil && (f.Code.Family() == "NET" || f.Code.Family() == "TLS") || IsAny(f, Unavailable, BadGateway)
}

// Retypable reports whether a finding about what was typed at the end of a dance can
// be mended by typing once more, so that the dance is to go on.
func Retypable(f *core.Finding) bool {
	return f != nil && f.Code.Family() == "NET" ||
		IsAny(f, WrongVerifier, AuthorizationPending, CodeRejected, StateMismatch, CodeExpired)
}

// define enters a kind in the catalogue. The first n names are of the particulars
// that With takes.
func define(n int, code core.Code, params []string) *Kind {
	if len(params) < n {
		panic(fmt.Sprintf("%s: %d names for %d particulars", code, len(params), n))
	}
	k := &Kind{code, params}
	all = append(all, k)
	return k
}
