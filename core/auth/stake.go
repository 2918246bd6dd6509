package auth

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"applink/core"
	"applink/core/seal"
	"applink/core/setup"
)

// Stake says how urgent it is to move an OAuth 1 integration, and why.
type Stake struct {
	Rank    int // 0 is the least urgent
	State   *setup.State
	Why     []string // the weightiest first
	Blocked string   // why it cannot be moved yet; "" when it can
}

// ruledOut is what it weighs that a rule refuses OAuth 1 for new links on this
// server, for this application and purpose: more than all else together.
const ruledOut = 10

// stale is the age at which the last check tells little.
const stale = 30 * 24 * time.Hour

// Stakes lists what speaks for moving each integration whose active link is over
// OAuth 1, the most urgent first and those that cannot be moved yet last.
// Integrations over OAuth 2 are left out. Now dates the checks.
func Stakes(states []*setup.State, now time.Time) []Stake {
	var out []Stake
	for _, s := range states {
		if active := s.Integration.Active(); s.Integration.Damage == nil && active != nil && active.OAuth == core.OAuth1 {
			out = append(out, stake(s, now))
		}
	}
	slices.SortStableFunc(out, func(a, b Stake) int {
		switch {
		case (a.Blocked == "") == (b.Blocked == ""):
			return cmp.Compare(b.Rank, a.Rank)
		case a.Blocked == "":
			return -1
		}
		return 1
	})
	return out
}

func stake(s *setup.State, now time.Time) Stake {
	k := Stake{State: s}
	k.weighRules()
	if key, err := seal.ParsePublicKey(s.Integration.Active().Answers[core.FieldPublicKey].Value); err == nil && key.Bits < 2048 {
		k.add(4, fmt.Sprintf("Its RSA key has only %d bits.", key.Bits))
	}
	k.weighChecks(now)
	if s.Purpose() == core.PurposeSync && k.Rank < ruledOut {
		k.add(1, "Synchronization rests on it.")
	}
	return k
}

// weighRules counts what the rules say about the server's version, the application
// and the purpose.
func (k *Stake) weighRules() {
	if why := k.State.Refusal(core.OAuth1); why != "" {
		k.add(ruledOut, why)
	}
	if better := k.State.AdviceOn(core.OAuth2); better.Verdict == core.Recommended {
		k.add(2, better.Why())
	}
	k.Blocked = k.State.Refusal(core.OAuth2)
}

// weighChecks counts what the last checks of the server and of the link found, or
// that they tell nothing about today.
func (k *Stake) weighChecks(now time.Time) {
	in := k.State.Integration
	var last, failed core.Outcome
	for _, checks := range []map[core.CheckName]core.Outcome{in.Checks, in.Active().Checks} {
		for _, name := range slices.Sorted(maps.Keys(checks)) {
			o := checks[name]
			if o.State == core.Failed {
				failed = o
			}
			if o.At.After(last.At) {
				last = o
			}
		}
	}
	switch age := now.Sub(last.At); {
	case failed.Finding != nil:
		k.add(1, fmt.Sprintf("Its last check failed: %s.", failed.Finding.Code))
	case failed.State == core.Failed:
		k.add(1, "Its last check failed.")
	case last.At.IsZero():
		k.add(1, "It was never checked.")
	case age > stale:
		k.add(1, fmt.Sprintf("Its last check was %d days ago.", int(age.Hours()/24)))
	}
}

func (k *Stake) add(rank int, why string) {
	k.Rank += rank
	k.Why = append(k.Why, why)
}
