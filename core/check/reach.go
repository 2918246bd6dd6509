package check

import (
	"context"
	"strconv"
	"time"

	"applink/core"
	"applink/core/bitbucket"
	"applink/core/diagnose"
	"applink/core/finding"
	"applink/core/setup"
)

// reach asks whether the base URL is that of a Bitbucket, and learns its version
// and how far its clock is from ours.
func (r *Runner) reach(ctx context.Context, s *setup.State) core.Outcome {
	t, err := r.Transport(s)
	if err != nil {
		return failed(err, s)
	}
	report, exchanges := bitbucket.Probe(ctx, s.Value(core.FieldBaseURL), t)
	o := core.Outcome{State: core.Passed, Strength: core.Strong, Evidence: evidence(exchanges...)}
	o.Finding = diagnose.Reach(s.Value(core.FieldBaseURL), exchanges)
	if o.Finding == nil && !report.Version.Known() {
		o.Finding = finding.VersionUnreadable.With(report.RawVersion)
	}
	if o.Finding != nil && !o.Finding.Warning {
		o.State = core.Failed
		return o
	}
	o.Learned = map[core.Learned]string{
		core.LearnedVersion: string(report.Version),
		core.LearnedProduct: report.Product,
		core.LearnedOAuth2:  report.OAuth2,
	}
	if report.ClockKnown {
		o.Learned[core.LearnedClock] = report.ClockDiff.Round(time.Second).String()
	}
	if end, ok := report.Version.SupportEnd(r.now()); ok {
		o.Learned[core.LearnedSupport] = end.Until
	}
	if report.Version.Known() {
		o.Learned[core.LearnedEnd] = core.ReadOnly.Format(time.DateOnly)
	}
	if report.Proxy != "" {
		o.Learned[core.LearnedProxy] = report.Proxy
	}
	if o.Finding == nil && report.ClockKnown {
		o.Finding = diagnose.Clock(report.ClockDiff, r.now())
	}
	if report.TLS.NotAfter.IsZero() {
		return o
	}
	days := int(report.TLS.NotAfter.Sub(r.now()).Hours() / 24)
	o.Learned[core.LearnedTLSDays] = strconv.Itoa(days)
	if days < soon && o.Finding == nil {
		o.Finding = finding.CertificateExpiresSoon.With(s.Values()["host"], strconv.Itoa(days)).AsWarning()
	}
	return o
}

// soon is the number of days before a certificate's end that deserve a word.
const soon = 14
