package setup

import (
	"testing"

	"applink/core"
)

// BenchmarkRow is what one line of a list asks of an integration.
func BenchmarkRow(b *testing.B) {
	s := given("8.19.2", basics("own", core.OAuth1))
	b.ReportAllocs()
	for b.Loop() {
		s.Path().Complete()
		s.Path().Progress()
		for _, st := range s.Path().Steps() {
			s.Path().Status(st)
		}
	}
}
