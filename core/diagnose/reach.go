package diagnose

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"applink/core"
	"applink/core/finding"
)

// Reach explains the exchanges of a probe: the first one asked for Bitbucket's
// application-properties, the others for whatever helps to tell why that
// failed. Base is what the probe was for. It is nil when a Bitbucket answered with a
// version.
func Reach(base string, exchanges []core.Exchange) *core.Finding {
	if len(exchanges) == 0 {
		return Network(errors.New("nothing was asked"), base)
	}
	first := exchanges[0]
	if f := secureInstead(exchanges); f != nil {
		return f
	}
	if first.Err != nil {
		return noAnswer(first)
	}
	f, decided := properties(first)
	if f == nil && decided {
		return nil
	}
	for _, ex := range exchanges[1:] {
		if f, decided := properties(ex); f == nil && decided {
			return answered(first, finding.OtherContextPath.With(baseOf(first.URL), baseOf(ex.URL)))
		}
	}
	if decided {
		return f
	}
	if f := product(exchanges); f != nil {
		return f
	}
	return answer(first)
}

// secureInstead finds that https answered where http did not. A certificate
// that is not trusted here is an answer, too.
func secureInstead(exchanges []core.Exchange) *core.Finding {
	first := exchanges[0]
	from, err := url.Parse(first.URL)
	if err != nil || from.Scheme != "http" || first.Status == http.StatusOK {
		return nil
	}
	for _, ex := range exchanges[1:] {
		to, err := url.Parse(ex.URL)
		var distrusted *tls.CertificateVerificationError
		if err == nil && to.Scheme == "https" && (ex.Status != 0 || errors.As(ex.Err, &distrusted)) {
			return finding.HTTPSExpected.With(baseOf(first.URL), baseOf(ex.URL))
		}
	}
	return nil
}

// properties reads application-properties; decided is false when the answer is
// something else.
func properties(ex core.Exchange) (f *core.Finding, decided bool) {
	var says struct {
		Version     string `json:"version"`
		DisplayName string `json:"displayName"`
	}
	if ex.Status != http.StatusOK || isHTML(ex) || json.Unmarshal(ex.Body, &says) != nil {
		return nil, false
	}
	if !strings.EqualFold(says.DisplayName, "Bitbucket") {
		if f := product([]core.Exchange{ex}); f != nil {
			return f, true
		}
		name := clip(says.DisplayName)
		if name == "" {
			name = "another program"
		}
		return answered(ex, finding.NotBitbucket.With(baseOf(ex.URL), name)), true
	}
	if _, err := core.ParseVersion(says.Version); err != nil {
		return answered(ex, finding.VersionUnreadable.With(clip(says.Version))), true
	}
	return nil, true
}

// acceptedSkew is how far a timestamp of OAuth 1 may be off, either way.
const acceptedSkew = 5 * time.Minute

// Clock warns when the clocks are further apart than OAuth 1 allows; diff is
// the server's clock minus ours. Nil when it is not.
func Clock(diff time.Duration, now time.Time) *core.Finding {
	if diff.Abs() <= acceptedSkew {
		return nil
	}
	f := skew(now, now.Add(diff)).Because("read from the Date header").AsWarning()
	if diff.Abs() > century {
		delete(f.Params, "theirs") // cut to what a difference can hold
	}
	return f
}

const clockLayout = "15:04:05 MST"

// skew says that our clock and the server's differ.
func skew(ours, theirs time.Time) *core.Finding {
	layout := layoutFor(ours, theirs)
	return finding.ClockSkew.With(apart(theirs.Sub(ours)), "", "", theirs.UTC().Format(layout), ours.UTC().Format(layout))
}

// window says that ours is not between from and to, which the server named.
func window(ours, from, to time.Time) *core.Finding {
	middle := from.Add(to.Sub(from) / 2)
	layout := layoutFor(ours, middle)
	return finding.ClockSkew.With(apart(middle.Sub(ours)), from.UTC().Format(layout), to.UTC().Format(layout), "", ours.UTC().Format(layout))
}

// century is about the longest time that Go can measure, and no clock's fault.
const century = 100 * 365 * 24 * time.Hour

func apart(d time.Duration) string {
	if d.Abs() > century {
		return "more than 100 years"
	}
	return human(d.Abs())
}

// layoutFor shows the date where the two are not of the same day.
func layoutFor(a, b time.Time) string {
	if a.UTC().YearDay() != b.UTC().YearDay() || a.UTC().Year() != b.UTC().Year() {
		return "2006-01-02 " + clockLayout
	}
	return clockLayout
}
