// Package check runs a need of the set-up against the world: it takes what is
// known about an integration, puts one question to its server and returns an
// outcome that can be stored and shown. It records nothing itself.
//
// Every outcome carries the evidence it rests on, without secrets, and a failed
// one the finding that explains it.
package check
