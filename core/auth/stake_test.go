package auth_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"applink/core"
	"applink/core/auth"
	"applink/core/setup"
)

// what one integration has at stake, after a change to its facts.
func atStake(t *testing.T, application string, change func(in *core.Integration)) auth.Stake {
	t.Helper()
	f := finished(t, application)
	s := do(t)(f.State(t.Context(), f.id))
	change(&s.Integration)
	stakes := auth.Stakes([]*setup.State{s}, time.Now())
	if len(stakes) != 1 {
		t.Fatalf("%d stakes of one integration", len(stakes))
	}
	return stakes[0]
}

func checkedAt(in *core.Integration, state core.CheckState, at time.Time) {
	in.Checks[core.CheckReach] = core.Outcome{State: state, At: at, Learned: in.Checks[core.CheckReach].Learned}
	in.Active().Checks = nil
}

func TestStakesCountTheLastCheck(t *testing.T) {
	now := time.Now()
	fresh := atStake(t, "own", func(in *core.Integration) { checkedAt(in, core.Passed, now) })
	for want, change := range map[string]func(in *core.Integration){
		"Its last check failed.":          func(in *core.Integration) { checkedAt(in, core.Failed, now) },
		"Its last check was 40 days ago.": func(in *core.Integration) { checkedAt(in, core.Passed, now.Add(-40*24*time.Hour)) },
		"It was never checked.":           func(in *core.Integration) { checkedAt(in, core.Passed, time.Time{}) },
	} {
		if k := atStake(t, "own", change); k.Rank != fresh.Rank+1 || !slices.Contains(k.Why, want) {
			t.Errorf("%s: rank %d after %d, %q", want, k.Rank, fresh.Rank, k.Why)
		}
	}
}

func TestStakesNameThePurpose(t *testing.T) {
	purpose := func(p core.Purpose) func(in *core.Integration) {
		return func(in *core.Integration) { in.Answers[core.FieldPurpose] = core.Answer{Value: string(p)} }
	}
	signIn, sync := atStake(t, "own", purpose(core.PurposeSignIn)), atStake(t, "own", purpose(core.PurposeSync))
	if sync.Rank != signIn.Rank+1 || !slices.Contains(sync.Why, "Synchronization rests on it.") {
		t.Errorf("rank %d after %d, %q", sync.Rank, signIn.Rank, sync.Why)
	}
}

func TestStakesWorstFirst(t *testing.T) {
	version := func(s *setup.State, v string) {
		s.Integration.Checks[core.CheckReach].Learned[core.LearnedVersion] = v
	}
	var all []*setup.State
	for _, v := range []string{"7.17", "7.21", "9.4"} {
		f := finished(t, "cloud")
		s := do(t)(f.State(t.Context(), f.id))
		s.Integration.Answers[core.FieldPurpose] = core.Answer{Value: string(core.PurposeSync)}
		version(s, v)
		all = append(all, s)
	}
	stakes := auth.Stakes(all, time.Now())
	if len(stakes) != 3 || stakes[0].State != all[2] || stakes[1].State != all[1] || stakes[2].State != all[0] {
		t.Fatalf("%v", stakes)
	}
	if why := stakes[0].Why[0]; !strings.HasPrefix(why, all[2].App.Vendor+": ") {
		t.Errorf("the weightiest reason is %q", why)
	}
	if stakes[1].Blocked != "" || !strings.HasPrefix(stakes[2].Blocked, "Bitbucket: ") {
		t.Errorf("blocked: %q, %q", stakes[1].Blocked, stakes[2].Blocked)
	}
}

func TestNothingAtStakeOnceMoved(t *testing.T) {
	f, _ := moved(t, "own")
	f.walk()
	if got := auth.Stakes([]*setup.State{do(t)(f.State(t.Context(), f.id))}, time.Now()); got != nil {
		t.Errorf("at stake though moved: %v", got)
	}
}
