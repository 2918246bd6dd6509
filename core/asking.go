package core

import (
	"time"
)

// The pace of a check that is asked again by itself: gentle with the server.
const (
	FirstPause = 2 * time.Second
	LongPause  = 15 * time.Second
)

// Asking is the check of a page while the page is shown. It is the one rule of what
// follows from an outcome, for every face: only a pass moves on, everything else stays
// and is shown. Moving on without a pass takes the admin's word.
type Asking struct {
	repeats bool
	last    Outcome
	pause   time.Duration
}

// Ask begins to ask a check: one that repeats waits for something that the admin does
// elsewhere, and is asked again by itself.
func Ask(repeats bool) *Asking { return &Asking{repeats: repeats, pause: FirstPause} }

// Heard tells the caller how to proceed after an outcome.
type Heard struct {
	Passed bool          // the page may move on, once it is stored
	Store  bool          // store it before anything else
	News   bool          // it differs from the previous outcome
	Again  time.Duration // ask again by itself after that long; 0: only when the admin asks
}

// Take records an outcome. An Unknown one is neither stored nor asked for again; a
// repeated refusal is no news.
func (a *Asking) Take(o Outcome) Heard {
	h := Heard{Passed: o.State == Passed, News: !sameFound(a.last, o)}
	h.Store = h.Passed || h.News && o.State != Unknown
	a.last = o
	if a.repeats && (o.State == Failed || o.State == Waiting) {
		h.Again = a.pause
		a.pause = min(a.pause*3/2, LongPause)
	}
	return h
}

// Hurry resets the pace, because the admin asked.
func (a *Asking) Hurry() { a.pause = FirstPause }

func sameFound(a, b Outcome) bool {
	return a.State == b.State && (a.Finding == nil) == (b.Finding == nil) && (a.Finding == nil || a.Finding.Code == b.Finding.Code)
}
