package guide

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"applink/core"
	"applink/core/setup"
)

// learnedWords are the names of what a check learned, in the order of telling.
var learnedWords = []struct {
	learned core.Learned
	words   string
}{
	{core.LearnedProduct, "product"},
	{core.LearnedVersion, "version"},
	{core.LearnedSupport, "supported by its vendor until"},
	{core.LearnedEnd, "the end of Data Center announced for"},
	{core.LearnedOAuth2, "OAuth 2 provider"},
	{core.LearnedClock, "its clock minus ours"},
	{core.LearnedTLSDays, "days until its certificate expires"},
	{core.LearnedProxy, "through the proxy"},
	{core.LearnedUser, "signed in as"},
	{core.LearnedUserName, "display name"},
}

// ProofWords tells a passed check in one line: the words of its page, and what
// the server said on the way. What a weak proof leaves open is in the words.
func ProofWords(s *setup.State, o core.Outcome) string {
	page := checkPage(s, o.Check)
	text := "Proved (" + string(o.Check) + "): " + page.Proved
	if o.Strength == core.Weak {
		text = "Proved in part (" + string(o.Check) + "): " + cmp.Or(page.Weak, page.Proved)
	}
	var known []string
	for _, l := range learnedWords {
		if v := o.Learned[l.learned]; v != "" {
			known = append(known, l.words+" "+v)
		}
	}
	if len(known) > 0 {
		text += " (" + strings.Join(known, ", ") + ")"
	}
	return text + "."
}

// checkPage is the page of the step that a check belongs to: one of the path, or one
// that a link which was set up by hand does without.
func checkPage(s *setup.State, name core.CheckName) Page {
	for _, st := range slices.Concat(s.Path().Steps(), setup.Steps()) {
		if st.Needs.Check == name {
			return Of(s, st.ID, 0, nil)
		}
	}
	return Page{}
}

// moving tells of a link that is set up beside the one in use.
var moving = map[setup.Move]string{setup.Migration: "moving to OAuth 2, ", setup.Rotation: "rotating, "}

// StateWords tells where an integration stands: its problem, with what was proved before
// it, its step while it is being set up, else what of the link is proved or only said.
func StateWords(s *setup.State) string {
	st := s.Standing()
	switch {
	case st.Unfinished():
		return "not finished: " + string(st.Problem.Code)
	case st.Problem != nil:
		if before := StoodBefore(st, time.Now()); before != "" {
			return before + "; now: " + string(st.Problem.Code)
		}
		return "problem " + string(st.Problem.Code)
	case st.Step > 0:
		return moving[st.UnderWay] + "step " + strconv.Itoa(st.Step) + " of " + strconv.Itoa(st.Steps)
	case st.MustMove != "":
		return proofStanding(st) + ", move to OAuth 2"
	}
	return proofStanding(st)
}

// StoodBefore tells how an integration stood before the check failed that did not fail
// always: what of its link is proved, and since when; "" where it is not set up and nothing
// of it is proved. That its server was reached proves nothing of the link.
func StoodBefore(st setup.Standing, now time.Time) string {
	switch {
	case st.Before.State != core.Passed:
		return ""
	case st.Proof == setup.Proved:
		return "proved " + Ago(now.Sub(st.Latest.At))
	case st.Proof == setup.Weak:
		return "proved in part " + Ago(now.Sub(st.Latest.At))
	case st.Step == 0:
		return "set up, said"
	}
	return ""
}

// Tried tells what Bitbucket said, before a switch, about the link that is to be switched
// to, and whether programs lose the access of their tokens by it.
func Tried(o core.Outcome, losesTokens bool) string {
	text := "Whether it works cannot be asked from here."
	switch {
	case o.State == core.Passed:
		text = "Bitbucket takes its credentials."
	case o.Finding != nil:
		text = "Bitbucket was asked about it: " + Problem(o.Finding).Title + " (" + string(o.Finding.Code) + ")."
	}
	if losesTokens {
		text += " Programs that use the kept tokens lose access."
	}
	return text
}

// Ago tells how long ago something was, for people.
func Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
